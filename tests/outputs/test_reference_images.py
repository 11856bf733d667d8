"""A few charts against images that were looked at: what structure tests cannot see
(overlaps, clipping, hatches).

The images hold for the matplotlib they were made with; another one may place letters differently, so the test
says so and is skipped. To make them anew after an intended change: ESTATE_WRITE_REFERENCE=1 pytest
tests/outputs/test_reference_images.py, then look at them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import matplotlib
import pytest
from fake_run import FakeRun, fake_run
from matplotlib.testing.compare import compare_images

from sim import charts
from sim.outputs import style

FOLDER = Path(__file__).parent / "reference"
MADE_WITH = FOLDER / "made_with.json"
TOLERANCE = 2.0  # root mean square of the difference in colour, of 255; one end label missing makes 3.5, one line 8, one band 7.6
DOTS_PER_INCH = 50
SHOWN = [("overview", "zh"), ("cycle", "en"), ("stages", "zh"), ("modes", "zh"), ("ladder", "en")]
WRITE = os.environ.get("ESTATE_WRITE_REFERENCE") == "1"


def _versions() -> dict[str, str]:
    return {"matplotlib": matplotlib.__version__, "freetype": matplotlib.ft2font.__freetype_version__}


def _drawn(name: str, lang: str, path: Path, run: FakeRun | None = None) -> Path:
    figure = charts.draw(run or fake_run(60, 30), name, lang=lang).figure
    with style.drawing():
        figure.savefig(path, dpi=DOTS_PER_INCH, metadata={"Software": None})
    return path


def _require_same_matplotlib() -> None:
    made = json.loads(MADE_WITH.read_text(encoding="utf-8"))
    if made != _versions():
        pytest.skip(f"images were made with {made}, here is {_versions()}")


@pytest.mark.parametrize("name, lang", SHOWN)
def test_chart_looks_as_it_did(tmp_path, name, lang):
    expected = FOLDER / f"{name}.{lang}.png"
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        _drawn(name, lang, expected)
        MADE_WITH.write_text(json.dumps(_versions(), indent=1) + "\n", encoding="utf-8")
        pytest.skip("reference image written; look at it")
    _require_same_matplotlib()
    difference = compare_images(str(expected), str(_drawn(name, lang, tmp_path / "now.png")), TOLERANCE)
    assert difference is None, difference


def test_the_comparison_would_see_another_run(tmp_path):
    _require_same_matplotlib()
    other = _drawn("cycle", "en", tmp_path / "other.png", fake_run(60, 30, seed=2))
    assert compare_images(str(FOLDER / "cycle.en.png"), str(other), TOLERANCE) is not None


def test_the_comparison_would_see_a_missing_label(tmp_path):
    _require_same_matplotlib()
    figure = charts.draw(fake_run(60, 30), "ladder", lang="en").figure
    next(item for item in figure.axes[0].texts if item.get_gid() == "end label").remove()
    with style.drawing():
        figure.savefig(tmp_path / "now.png", dpi=DOTS_PER_INCH)
    assert compare_images(str(FOLDER / "ladder.en.png"), str(tmp_path / "now.png"), TOLERANCE) is not None
