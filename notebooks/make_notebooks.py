"""Write the notebooks (.ipynb, without outputs) from their texts (.py, jupytext's percent form), in each
language.

A text has its Markdown cells twice, marked lang="en" and lang="zh"; its code stands once. Notebooks of
both languages have the same code but for the one line that sets the language, and lie in one folder, so
that the runs of the one are those of the other.

    python notebooks/make_notebooks.py            write them: NAME.ipynb and NAME.zh.ipynb
    python notebooks/make_notebooks.py --check    exit 1 if one is not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SETS_LANGUAGE = 'sim.use_language("{lang}")'
ENDINGS = {"en": ".ipynb", "zh": ".zh.ipynb"}
"""How the name of a notebook ends in each language."""


def texts() -> list[Path]:
    """The texts of all notebooks, in order."""
    return sorted(FOLDER.glob("[0-9][0-9]_*.py"))


def notebook(text: Path, lang: str) -> str:
    """The notebook of a text in a language, the same bytes every time."""
    made = jupytext.reads(text.read_text(encoding="utf-8"), fmt="py:percent")
    made.cells = [cell for cell in made.cells if cell.metadata.pop("lang", lang) == lang]
    for number, cell in enumerate(made.cells, start=1):
        cell["id"] = f"cell-{number:02d}"  # jupytext draws them at random
        cell["source"] = cell["source"].replace(SETS_LANGUAGE.format(lang="en"), SETS_LANGUAGE.format(lang=lang))
    made.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    made.nbformat, made.nbformat_minor = 4, 5
    return str(nbformat.writes(made)) + "\n"


def main() -> int:
    """Write or check."""
    check = "--check" in sys.argv[1:]
    late = []
    for text in texts():
        for lang, ending in ENDINGS.items():
            target, wanted = text.with_suffix(ending), notebook(text, lang)
            if not check:
                target.write_text(wanted, encoding="utf-8", newline="\n")
            elif not target.exists() or target.read_text(encoding="utf-8") != wanted:
                late.append(target.name)
    if late:
        print(f"out of date: {', '.join(late)}; run python notebooks/make_notebooks.py", file=sys.stderr)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
