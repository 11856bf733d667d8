"""Carry the shipped ensembles and the shipped score card over a change of the model's hash that changes no
number.

For a change of writing only: a function renamed, a kernel split. First make sure that the bits are the same
(`python -m pytest tests/model`); an ensemble of a model with other rules must be calibrated again instead.
"""

from __future__ import annotations

import json
from pathlib import Path

from sim.evidence.shipped_card import FILE
from sim.experiments.ensemble import folders
from sim.fingerprint import model_source_hash
from sim.results.files import replace_text
from sim.results.folder import json_text, read_manifest, sealed

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Put the present hash into the manifest of every ensemble of the package, and into the score card."""
    now = model_source_hash()
    for path in sorted(folders()[-1].glob("*.json")):
        manifest = read_manifest(path.parent, path.name)
        if manifest["model_source_hash"] != now:
            replace_text(path, json_text(sealed(manifest | {"model_source_hash": now})))
            print(f"{path.name}: {manifest['model_source_hash']} → {now}")
    card = json.loads(FILE.read_text(encoding="utf-8"))
    if card["model"] != now:
        replace_text(FILE, json.dumps(card | {"model": now}, indent=1) + "\n")
        for page in (DOCS / "score-card.md", DOCS / "zh" / "score-card.md"):
            replace_text(page, page.read_text(encoding="utf-8").replace(card["model"], now))
        print(f"{FILE.name} and its pages: {card['model']} → {now}")


if __name__ == "__main__":
    main()
