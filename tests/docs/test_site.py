"""The documentation site is built without a broken link, needs no network, and says what the code says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mkdocs")
pytest.importorskip("latex2mathml")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_loops  # noqa: E402
import make_score_card  # noqa: E402

from sim import PARAMETERS  # noqa: E402
from sim.evidence.patterns import load_patterns  # noqa: E402
from sim.model.programmes.describe import kinds  # noqa: E402
from sim.studies.score_card.score_card import Loops, Score, ScoreCard  # noqa: E402

LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?(?:https?:)?//|<link[^>]*rel=\"?(?:stylesheet|preload)[^>]*href=\"?(?:https?:)?//"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]  # --strict: a broken link or anchor is an error
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*.html")
    }


def test_nothing_is_loaded_from_elsewhere(site):
    assert {name for name, text in site.items() if LOADED.search(text)} == set()


def test_formulas_need_no_script(site):
    for name in ("model.html", "zh/model.html"):
        assert "<math" in site[name] and 'class="arithmatex"' not in site[name]


def test_pages_from_code_have_everything(site):
    for name in ("parameters.html", "zh/parameters.html"):
        assert [key for key in PARAMETERS if f"<code>{key}</code>" not in site[name]] == []
    for name in ("intervention-reference.html", "zh/interventions.html"):
        assert [kind for kind in kinds() if f"<code>{kind}</code>" not in site[name]] == []


def test_the_picture_of_the_loops_is_what_its_script_draws():
    for lang, name in (("en", "loops.svg"), ("zh", "loops.zh.svg")):
        assert (make_loops.IMAGES / name).read_text(encoding="utf-8") == make_loops.drawing(lang)


def test_the_score_card_page_says_what_a_card_says():
    values = {"high": np.full(6, 0.66), "low": np.full(6, 0.2)}
    patterns = [
        one
        for one in load_patterns()[0]
        if one.name in ("collection_hubei_2015", "jinan_committees", "disputes_settled")
    ]
    scores = {
        name: tuple(Score(one, found + 0.001 * np.arange(6), 0.95) for one in patterns)
        for name, found in values.items()
    }
    card = ScoreCard(scores["high"], tuple(range(1, 7)), 0.95, None, Loops({"norm": scores["low"]}))
    for lang, said in (
        (
            "en",
            (
                "mean collection in Hubei, 2015",
                "**MISS**",
                "**breaks**",
                "held out",
                "disputes as cases",
                "luck only",
            ),
        ),
        ("zh", ("湖北省平均收缴率（2015年）", "**不符**", "**不再成立**", "留作检验", "纠纷案件")),
    ):
        text = make_score_card.page(card, None, lang)
        assert [one for one in said if one not in text] == []
