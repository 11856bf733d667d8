"""Reports of sensitivity analyses, tipping maps, ablations and budget searches,
read back from their folders."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from page_reader import Page
from PIL import Image
from report_commands import SMALL, STUDY, estate

import sim
from sim.errors import ResultError
from sim.evidence.assumed import share_assumed
from sim.outputs.report import MOST_BYTES, write_report
from sim.results.files import seal_of
from sim.results.folder import json_text, sealed
from sim.results.saved import decode, encode
from sim.text import in_language, say

KINDS = ("sensitivity", "tipping", "ablation", "budget", "draws")
SECTIONS = ("question", "finding", "setting", "charts", "tables", "sure", "assumed", "reproduce")


@pytest.fixture(params=KINDS)
def kind_and_folder(request) -> tuple[str, Path]:
    return request.param, request.getfixturevalue(f"{request.param}_folder")


def page_of(folder: Path, lang: str, place: Path) -> Page:
    path = write_report([folder], place / f"page.{lang}.html", lang)
    assert path.stat().st_size < MOST_BYTES
    return Page(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_is_valid_says_its_finding_and_how_to_do_it_again(kind_and_folder, lang, tmp_path, request):
    kind, folder = kind_and_folder
    if lang == "en":  # the page with Chinese letters is the bigger one: how big, that one says
        request.getfixturevalue("words_only")
    page = page_of(folder, lang, tmp_path)
    assert page.problems == []
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    for key in SECTIONS:
        with in_language(lang):
            assert say(f"report.{key}") in page.words
    assert len(page.all("caption")) == len(page.all("table")) >= 5
    assert all(len(given["alt"]) > 40 for given in page.all("img")) and page.all("img")
    files = [given["href"] for given in page.all("a") if "download" in given]
    assert len(files) == len(page.all("img")), "each chart's numbers, to be downloaded"
    for address in files:
        numbers = pd.read_csv(BytesIO(b64decode(address.partition(",")[2])))
        assert len(numbers) and numbers.select_dtypes("number").notna().any(axis=None)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    told = [line.strip() for line in manifest["sentences"][lang] if not line.startswith(" ")]
    assert all(line in page.words for line in told)
    other = "en" if lang == "zh" else "zh"
    assert not any(
        line.strip() in page.words for line in manifest["sentences"][other] if not line.startswith("  ")
    )
    assert manifest["key"] in page.words
    command = f"estate { {'ablation': 'ablate'}.get(kind, kind) } small_city.toml --"
    if kind == "draws":  # no command of their own
        command = "sim.repeat('small_city.toml', 3, first=1, months=12, ensemble='wide.csv')"
    assert any(words.startswith(command) for words in page.words)


def test_what_is_read_back_is_what_was_saved(kind_and_folder):
    _, folder = kind_and_folder
    found = sim.load_result(folder)
    for name, table in found.tables().items():
        saved = pd.read_parquet(folder / f"{name}.parquet")
        texts = {
            key: "" for key in saved.select_dtypes("str")
        }  # a text that is not there is null in the file
        pd.testing.assert_frame_equal(saved.fillna(texts), table.reset_index(drop=True), check_dtype=False)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert found.sentences("zh") == manifest["sentences"]["zh"]
    assert found.scenario.city.estates == 10


def test_months_of_a_map_are_those_of_its_runs_and_not_of_the_scenario(tipping_folder):
    """The scenario has 120 months; the runs of the map were of 36."""
    found = sim.load_result(tipping_folder)
    assert found.scenario.months == 120
    with in_language("en"):
        rows = dict(found.report("en").setting.rows)
        assert rows[say("tipping.settle_months")] == "36" and say("report.months") not in rows
    assert "120" not in rows.values()


@pytest.mark.parametrize("kind", ["tipping", "ablation"])
def test_charts_of_a_command_carry_their_title_and_what_was_found(request, kind):
    """Title and description stand inside the PNG, for readers who cannot see it."""
    folder = request.getfixturevalue(f"{kind}_folder")
    found, titles = sim.load_result(folder), set()
    for path in sorted(folder.glob("*.png")):
        with Image.open(path) as image:
            titles.add(image.info["Title"])
            told = image.info["Description"]
        assert told == " ".join(line.strip() for line in found.sentences("en")), path.name
        assert path.with_suffix(".csv").read_text(encoding="utf-8-sig").count("\n") > 1, "its numbers"
    with in_language("en"):  # what was found, not what is shown
        assert titles and not titles & {say(f"chart.{name}") for name in found.charts}


@pytest.mark.usefixtures("words_only")
def test_command_of_a_report_gives_the_same_result(ablation_folder, tmp_path, monkeypatch):
    """Followed as a reader would: save the scenario file that the page carries, run
    the command that it names."""
    page = page_of(ablation_folder, "en", tmp_path)
    toml = next(words for words in page.words if "[city]" in words and "estates = 10" in words)
    (tmp_path / "small_city.toml").write_text(toml, encoding="utf-8")
    command = next(words for words in page.words if words.startswith("estate ablate"))
    monkeypatch.chdir(tmp_path)
    done = estate(
        *command.split()[1:],
        "--in-process",
        "--store",
        str(tmp_path / "store"),
        "--out",
        str(tmp_path / "again"),
    )
    assert done.exit_code == 0, done.output
    digests = [
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["digest"]
        for folder in (ablation_folder, tmp_path / "again")
    ]
    assert digests[0] == digests[1]


@pytest.mark.usefixtures("words_only")
def test_an_analysis_weighs_the_assumptions_of_its_neighbours(
    sensitivity_folder, ablation_folder, run_folder, tmp_path
):
    """Beside a sensitivity analysis of the same scenario a result says by influence what it
    assumed; one of another does not."""
    page = Page(
        write_report([ablation_folder, run_folder, sensitivity_folder], tmp_path / "r.html", "en").read_text(
            encoding="utf-8"
        )
    )
    assert page.problems == []
    share = share_assumed(sensitivity_folder)["cycle_share"]
    weighed = [words for words in page.words if "Weighed by influence" in words]
    assert (
        len(weighed) == 2
    )  # the ablation of small_city and the analysis itself, not the run of subsidy_only
    assert all(f"{100 * share.assumed:.0f}% of the sensitivity" in words for words in weighed)


def test_damaged_folders_are_refused_in_one_sentence(ablation_folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(ablation_folder, broken)
    data = json.loads((broken / "result.json").read_text(encoding="utf-8"))

    def put(text: str) -> None:
        """Write the result as if it had been saved so."""
        file = broken / "result.json"
        file.write_text(text, encoding="utf-8")
        manifest = json.loads((broken / "manifest.json").read_text(encoding="utf-8"))
        manifest["files"][file.name] = seal_of(file)
        (broken / "manifest.json").write_text(json_text(sealed(manifest)), encoding="utf-8")

    for text, words in (
        ("{", "cannot be read"),
        (json.dumps(data | {"@of": "subprocess:Popen"}), "found a part of kind 'subprocess:Popen'"),
    ):
        put(text)
        done = estate("report", str(broken), "--no-pdf", "--out", str(tmp_path / "r.html"))
        assert done.exit_code == 2 and words in done.output.replace("\n", " "), done.output
    data["parts"]["digest"] = "0" * 64
    put(json.dumps(data))
    with pytest.raises(ResultError, match="do not belong together"):
        sim.load_result(broken)


def test_plain_data_and_back():
    value = {"a": [1, 2.5, None, True, (float("inf"), "x")], 3.5: {"@tuple": 1}, (1, 2): Path("p")}
    assert decode(json.loads(json.dumps(encode(value)))) == value
    with pytest.raises(TypeError):
        encode(object())


@pytest.fixture(scope="module")
def brief_folder(tmp_path_factory) -> Path:
    """A run of few months, of which a film is soon made."""
    folder = tmp_path_factory.mktemp("brief") / "run"
    done = estate(
        "run",
        "subsidy_only",
        "--months",
        "4",
        "--set",
        "spin_up=0",
        "--no-charts",
        "--out",
        str(folder),
        *SMALL,
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize("name, kind", [("a.gif", b"GIF8"), ("deep/b.mp4", b"ftyp")])
def test_animate_writes_a_film_of_a_saved_run(brief_folder, tmp_path, name, kind):
    from sim.studies.run.stages import ffmpeg

    if name.endswith("mp4") and ffmpeg() is None:
        pytest.skip("neither ffmpeg nor imageio-ffmpeg is installed")
    done = estate("animate", str(brief_folder), "--out", str(tmp_path / name), lang="zh")
    assert done.exit_code == 0 and "动画：" in done.output, done.output
    assert kind in (tmp_path / name).read_bytes()[:16]
    assert estate("animate", str(brief_folder), "--out", str(tmp_path / "a.avi")).exit_code == 2


def test_results_show_themselves_alike(kind_and_folder, study_folder):
    """In a notebook: a title in bold, facts in small print, sentences, a table;
    nothing of it is taken for markup."""
    kind, folder = kind_and_folder
    for found, text in (
        (sim.load_result(folder), sim.load_result(folder).sentences()[0]),
        (sim.load_result(study_folder), "Do fewer estates enter"),
    ):
        page = Page(found._repr_html_())
        assert page.problems == [] and page.all("strong") and page.all("small") and page.all("table"), kind
        assert text in page.text


@pytest.mark.usefixtures("words_only")
def test_a_study_with_a_design_for_sensitivity_is_analysed(tmp_path):
    text = STUDY.replace('kind = "grid"\nsize = 2', 'kind = "morris"\nsize = 3\nseed = 2').replace(
        "replications = 3", "replications = 1"
    )
    more = '[[factors]]\nkey = "payment.norm_weight"\nlow = 2.0\nhigh = 4.0\n'
    (tmp_path / "screen.toml").write_text(text + more, encoding="utf-8")
    found = sim.study(
        tmp_path / "screen.toml", engine=sim.InProcess(), store=tmp_path / "store", progress=False
    )
    saved = found.save(tmp_path / "saved")
    pages = [
        Page(write_report([one], tmp_path / "r.html", "en").read_text(encoding="utf-8"))
        for one in (found, saved)
    ]
    assert pages[0].words == pages[1].words
    assert pages[0].problems == [] and "Does starting collection matter" in pages[0].words
    moved = "What moves the collected share of the bills of the last year"  # the cycle moves in no run
    assert any(moved in words for words in pages[0].words)
    assert "estate study run screen.toml" in pages[0].words
    assert any("Weighed by influence" in words for words in pages[0].words)
