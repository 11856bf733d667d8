"""Pictures that are made and told, and not painted: for tests that read words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def in_dots() -> Iterator[None]:
    """Pictures are a dot, with the texts that stand in their file: charts are made, told and not painted. Nor
    does a page carry letters of its own."""
    from matplotlib.figure import Figure
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    def dot(figure: Figure, target: Path | BytesIO, **options: Any) -> None:
        if isinstance(target, Path) and target.suffix == ".svg":
            target.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
            return
        about = PngInfo()
        for key, text in (options.get("metadata") or {}).items():
            about.add_itxt(key, text)
        Image.new("P", (1, 1)).save(target, "PNG", pnginfo=about)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "savefig", dot)
        patch.setattr("sim.outputs.report.page.font_of", lambda letters: b"")
        patch.setattr("sim.outputs.style.cut", lambda figure, foot="": None)  # where letters end is not asked
        yield
