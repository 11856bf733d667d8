"""Write the published models beside ours into the documentation: replications.md and zh/replications.md.

    python docs/make_replications.py

Every figure is computed and every agent run made anew; half a minute.
"""

from __future__ import annotations

from pathlib import Path

from sim.replications import MODELS, replicate
from sim.replications.checks import page
from sim.results.files import replace_text
from sim.text import in_language

DOCS = Path(__file__).resolve().parent
PAGES = {"en": DOCS / "replications.md", "zh": DOCS / "zh" / "replications.md"}


def main() -> None:
    """Compute once, write in both languages."""
    found = [replicate(name) for name in MODELS]
    for lang, path in PAGES.items():
        with in_language(lang):
            replace_text(path, page(found))


if __name__ == "__main__":
    main()
