"""The report: valid, self-contained, accessible, in its language, and with the figures of its result."""

from __future__ import annotations

import base64
import json
import re
import shutil
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from dots import in_dots
from matplotlib.figure import Figure
from page_reader import Page
from PIL import Image
from pypdf import PdfReader
from report_commands import estate

import sim
from sim.errors import EstateError, ResultError, StudyError
from sim.outputs.catalog import size_of
from sim.outputs.report import MOST_BYTES, browser, write_report
from sim.outputs.report.model import Picture, Table
from sim.outputs.report.page import number_columns, report_page
from sim.outputs.report.write import run_browser
from sim.results import Run
from sim.scenario import content_hash
from sim.studies.batch.batch import load_batch
from sim.studies.comparison.saved import load_comparison
from sim.studies.draws.among import known_among
from sim.text import figures, in_language, language, say

SECTIONS = ("question", "finding", "setting", "charts", "programmes", "gains", "sure", "assumed", "reproduce")


@cache
def text_of(folder: Path, lang: str) -> str:
    # The page with Chinese letters is the bigger one: how big, and its pictures, are looked at there.
    with nullcontext() if lang == "zh" else in_dots():
        path = write_report([folder], folder.parent / f"page.{lang}.html", lang)
    assert path.stat().st_size < MOST_BYTES
    return path.read_text(encoding="utf-8")


def page_of(folder: Path, lang: str) -> Page:
    return Page(text_of(folder, lang))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["run", "comparison", "study", "batch"])
def test_page_is_valid_and_accessible(request, kind, lang):
    page = page_of(request.getfixturevalue(f"{kind}_folder"), lang)
    assert page.problems == []
    assert page.all("html")[0]["lang"] == ("zh-CN" if lang == "zh" else "en")
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    for key in SECTIONS:
        with in_language(lang):
            assert say(f"report.{key}") in page.words
    tables = len(page.all("table"))
    assert tables >= 6 and len(page.all("caption")) == tables
    assert {given["scope"] for given in page.all("th")} == {"row", "col"}


@pytest.mark.parametrize("kind, charts", [("run", 7), ("comparison", 6), ("study", 3), ("batch", 2)])
def test_pictures_are_inside_and_told(request, kind, charts):
    page = page_of(request.getfixturevalue(f"{kind}_folder"), "zh")
    images = page.all("img")
    assert len(images) == charts
    for given in images:
        assert len(given["alt"]) > 20
        data = given["src"].removeprefix("data:image/png;base64,")
        with Image.open(BytesIO(base64.b64decode(data, validate=True))) as image:
            assert image.mode == "P" and image.width > 600
            assert image.width / image.height == pytest.approx(
                int(given["width"]) / int(given["height"]), rel=0.01
            )


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_nothing_is_loaded_from_anywhere(request, kind):
    text = text_of(request.getfixturevalue(f"{kind}_folder"), "zh")
    assert not re.search(r"<(script|link|iframe|object)\b|@import", text)
    assert not re.search(r"""(src|href|url\()\s*=?\s*["']?\s*(https?:|//|file:)""", text)
    assert text.count("font/woff") == 1  # its Chinese letters come with it


def test_run_report_has_the_runs_figures(run_folder, tmp_path):
    page, run = page_of(run_folder, "en"), sim.load_run(run_folder)
    assert (
        run.manifest["content_hash"][:16] in page.words and run.manifest["outcomes_sha256"][:16] in page.words
    )
    cycle = run.city["stage_spiralling"] + run.city["stage_collapsed"]
    assert f"from {100 * cycle.iloc[0]:.1f}% to {100 * cycle.iloc[-1]:.1f}%" in page.text
    assert "Collection is of the last twelve months, so it starts with month 12" in page.text
    assert (
        "estate run subsidy_only.toml" in page.words
    )  # settings were changed: the shipped file would give another run
    toml = next(words for words in page.words if "[city]" in words and "estates = 20" in words)
    (tmp_path / "subsidy_only.toml").write_text(toml, encoding="utf-8")
    again = sim.load(tmp_path / "subsidy_only.toml")
    assert content_hash(again) == run.manifest["content_hash"]


def test_comparison_report_has_its_sentences_and_prices(comparison_folder):
    found = json.loads((comparison_folder / "manifest.json").read_text(encoding="utf-8"))
    costs = pd.read_parquet(comparison_folder / "costs.parquet").iloc[0]
    for lang in ("zh", "en"):
        page = page_of(comparison_folder, lang)
        assert all(line in page.words for line in found["sentences"][lang] + found["warnings"][lang])
        with in_language(lang):
            assert any(size_of(costs["cost"], "yuan") in words for words in page.words)
        assert found["key"] in page.words


def test_saved_comparison_is_the_one_that_was_saved(comparison_folder):
    saved = load_comparison(comparison_folder)
    assert len(saved.seeds) == 6 and [arm.name for arm in saved.arms] == ["vicious_cycle", "subsidy_only"]
    row = saved.costs.iloc[0]
    again = saved.cost_effect("subsidy_only")
    assert (again.cost, again.verdict) == (pytest.approx(row["cost"]), row["verdict"])
    if row["price"] == row["price"]:
        assert (again.low, again.high) == (pytest.approx(row["price_low"]), pytest.approx(row["price_high"]))
    counted = saved.rescues.query("by == 'all'").iloc[0]
    assert saved.rescued("subsidy_only").rescued == pytest.approx(counted["rescued"])
    main = saved.differences.iloc[0]
    assert saved.interval("subsidy_only", saved.outcomes[0]).low == pytest.approx(main["low"], nan_ok=True)
    with pytest.raises(StudyError, match="not saved again"):
        saved.save(comparison_folder / "again")


def test_study_report_asks_its_question_and_gives_its_means(study_result, study_folder):
    page = page_of(study_folder, "en")
    assert "Do fewer estates enter the cycle where collection starts higher?" in page.words
    means = 100 * study_result.runs.groupby("point")["collection_last_year"].mean()
    assert f"lowest at {means.min():.1f}%" in page.text and f"highest at {means.max():.1f}%" in page.text
    assert "what may happen" in page.text and study_result.plan.id in page.words


def test_batch_report_has_means_of_all_runs(batch_folder):
    page = page_of(batch_folder, "zh")
    found = load_batch(batch_folder)
    assert [len(one.outcomes["cycle_share"]) for one in found.scenarios] == [2, 2]
    for one in found.scenarios:
        assert f"{50 * sum(one.outcomes['quality_last_year']):.1f}%" in page.text
        assert any(one.run.manifest["content_hash"][:16] in words for words in page.words)


@pytest.mark.usefixtures("words_only")
def test_both_in_one_page(run_folder, comparison_folder, tmp_path):
    page = Page(
        write_report([run_folder, comparison_folder], tmp_path / "two.html", "en").read_text(encoding="utf-8")
    )
    assert (
        page.problems == [] and len(page.all("img")) == 13 and page.headings.count(2) == 3
    )  # contents and two parts


@pytest.mark.usefixtures("words_only")
def test_titles_are_escaped(run_folder, tmp_path):
    run = sim.load_run(run_folder)
    title = run.scenario.title.model_copy(update={"en": '<script>alert(1)</script> & "more"'})
    run.scenario = run.scenario.model_copy(update={"title": title})
    text = write_report([run], tmp_path / "x.html", "en").read_text(encoding="utf-8")
    assert "<script" not in text and "&lt;script&gt;" in text


@pytest.mark.usefixtures("words_only")
def test_command_writes_where_it_says(run_folder, tmp_path):
    done = estate(
        "report", str(run_folder), "--no-pdf", "--out", str(tmp_path / "deep" / "r.html"), lang="zh"
    )
    assert done.exit_code == 0 and "报告：" in done.output
    assert (tmp_path / "deep" / "r.html").is_file() and not (tmp_path / "deep" / "r.pdf").exists()


@pytest.mark.parametrize(
    "wrong, words", [("absent", "no such folder"), ("", "manifest.json"), ("bad", "JSON")]
)
def test_what_is_no_result_is_refused(tmp_path, wrong, words):
    if wrong == "bad":
        (tmp_path / "bad").mkdir()
        (tmp_path / "bad" / "manifest.json").write_text("{", encoding="utf-8")
    done = estate("report", str(tmp_path / wrong), "--no-pdf", "--out", str(tmp_path / "r.html"))
    assert done.exit_code == 2 and words in done.output and not (tmp_path / "r.html").exists()


def test_other_wrong_requests(run_folder, tmp_path):
    assert estate("report", str(run_folder), "--no-pdf", "--out", str(tmp_path / "r.docx")).exit_code == 2
    with pytest.raises(ResultError, match="found nothing"):
        write_report([], tmp_path / "r.html")
    with pytest.raises(EstateError, match="int found"):
        write_report([3], tmp_path / "r.html")
    with pytest.raises(EstateError, match="lang"):
        write_report([run_folder], tmp_path / "r.html", "xx")


@pytest.mark.skipif(browser() is None, reason="no Chromium-like browser is installed")
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_a_browser_shows_texts_and_pictures(comparison_folder, tmp_path, lang):
    """Opened by a browser without network: every picture is decoded, the title is
    there; and it prints to PDF."""
    path = tmp_path / "b.html"
    done = estate("report", str(comparison_folder), "--pdf", "--out", str(path), lang=lang)
    assert done.exit_code == 0, done.output
    probe = (
        "<script>addEventListener('load',()=>{const i=[...document.images];document.title='shown '+i.filter(x=>x.complete&&x.naturalWidth>600).length"
        "+' of '+i.length+' wide '+(document.documentElement.scrollWidth<=innerWidth)})</script>"
    )
    probed = tmp_path / "probed.html"
    probed.write_text(
        path.read_text(encoding="utf-8").replace("</body>", probe + "</body>"), encoding="utf-8"
    )
    shown = run_browser(
        browser(), "--window-size=1000,800", "--virtual-time-budget=5000", "--dump-dom", probed.as_uri()
    ).stdout
    assert "<title>shown 6 of 6 wide true</title>" in shown
    with in_language(lang):
        assert say("report.gains") in shown

    pdf = path.with_suffix(".pdf")
    assert pdf.read_bytes().startswith(b"%PDF") and 20_000 < pdf.stat().st_size < 5_000_000
    pages = PdfReader(pdf).pages
    assert len(pages) > 2
    for number, one in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in one.extract_text(), f"page {number} does not say which it is"


@pytest.mark.parametrize(
    "cells, right",
    [
        (("12.5%", "<1%", "–"), True),
        (("−7.2 points", "+15.1 to 18.4 points"), True),
        (("3.34亿元", "1,850万元"), True),
        (("12.5%", "not known"), False),
        (("commodity housing", "employer-built"), False),
        (("–", "–"), False),
        (("12 of the estates were taken over by a company", "3 were not"), False),
    ],
)
def test_columns_of_figures_stand_at_the_right_and_words_at_the_left(cells, right):
    table = Table("caption", ("name", "column"), tuple((f"row {n}", cell) for n, cell in enumerate(cells)))
    assert (1 in number_columns(table)) is right


def test_the_head_of_a_column_of_figures_stands_over_them(comparison_folder):
    page = text_of(comparison_folder, "en")
    assert re.search(r"td\.number \{ text-align: right", page)
    tables = re.findall(r"<table>.*?</table>", page, re.S)
    marked = 0
    for table in tables:
        head, *rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
        places = [place for place, cell in enumerate(re.findall(r"<th[^>]*>", head)) if "number" in cell]
        for row in rows:
            cells = re.findall(r"<t[hd][^>]*>", row)
            assert [place for place, cell in enumerate(cells) if "number" in cell] == places
        marked += bool(places)
    assert marked >= 2


@pytest.fixture(scope="module")
def shipped_run() -> Run:
    """A run of a scenario of which shipped draws are known."""
    return sim.run("small_city", seed=5)


@pytest.mark.usefixtures("words_only")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_report_on_a_run_says_first_what_other_draws_give_where_they_are_known(
    tmp_path, run_folder, shipped_run, lang
):
    run = shipped_run
    page = Page(write_report([run], tmp_path / "page.html", lang).read_text(encoding="utf-8"))
    place = known_among(run)
    low, _, median, _, high = (figures.share(float(end)) for end in place.draws.bands["cycle"][:, -1])
    found = next(words for words in page.words if median in words and low in words and high in words)
    own = next(
        words
        for words in page.words
        if "120" in words and figures.share(float(run.city["cycle"].iloc[-1])) in words
    )
    assert page.words.index(found) < page.words.index(own)
    assert len(page.all("img")) == 8 and median in page.all("img")[0]["alt"]
    rank = place.rank("cycle_share_last_year")
    assert any(words in (f"{rank} of 20", f"第{rank}（共20次）") for words in page.words)
    draw = {"zh": "一次抽样，种子5", "en": "one draw, seed 5"}[lang]
    assert any(words.endswith(draw) for words in page.words)
    alone = page_of(run_folder, lang)
    assert any("--among 20" in words for words in alone.words) and not any(
        "--among 20" in words for words in page.words
    )


def test_report_on_a_batch_shows_the_fan_over_its_runs(batch_folder, tmp_path):
    page, batch = page_of(batch_folder, "en"), load_batch(batch_folder)
    for one, image in zip(batch.scenarios, page.all("img"), strict=True):
        runs = [sim.run(one.run.scenario, seed=seed) for seed in (1, 2)]
        shares = [float(run.city["cycle"].iloc[-1]) for run in runs]
        assert one.draws.seeds == (1, 2)
        assert one.draws.bands["cycle"][[0, 4], -1] == pytest.approx(sorted(shares), abs=1e-6)
        assert "2 draws" in image["alt"] and all(figures.share(share) in image["alt"] for share in shares)
    assert "one draw, seed 1" in (batch_folder / "index.html").read_text(encoding="utf-8")
    single = tmp_path / "single"
    shutil.copytree(batch_folder, single)
    for brief in single.glob("*/replications"):
        shutil.rmtree(brief)
    assert all(one.draws is None for one in load_batch(single).scenarios)
    for folder, draws in ((single, True), (batch_folder, False)):
        part = load_batch(folder).report("en")
        told = [*part.finding, *(row[0] for table in part.gains for row in table.rows)]
        assert told and all(("one draw, seed 1" in words) == draws for words in told)
        assert any("every figure is one draw" in words for words in part.sure) == draws


def test_charts_of_a_page_are_drawn_in_the_language_of_the_page_whatever_the_session_speaks(run_folder):
    seen = []

    def drawn() -> Figure:
        seen.append(language())
        return Figure()

    for lang in ("zh", "en"):
        page = replace(sim.load_result(run_folder).report(lang), pictures=(Picture("", "", drawn),))
        report_page([page], lang)
    assert seen == ["zh", "en"]
