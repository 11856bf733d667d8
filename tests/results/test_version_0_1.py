"""What version 0.1 wrote can be read: `version_0_1.tar.xz` holds one small result of each
kind, made by commit 43ee6e3."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import escape
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.errors import ResultError
from sim.evidence.assumed import share_assumed
from sim.outputs.report import write_report
from sim.results.folder import first_words, json_text, read, sealed
from sim.results.saved import OF_VERSION_0_1, class_of, classes, decode, encode, id_of, parts_of
from sim.studies.old.old_result import OldResult

KINDS = ("run", "comparison", "study", "sensitivity", "tipping", "ablation", "budget", "batch")
FOUND = ("tipping", "ablation", "budget")


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the old results."""
    place = tmp_path_factory.mktemp("old")
    with tarfile.open(Path(__file__).with_name("version_0_1.tar.xz")) as archive:
        archive.extractall(place, filter="data")
    return place


@pytest.mark.usefixtures("words_only")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_and_is_reported_as_it_was(old: Path, kind: str, tmp_path: Path) -> None:
    found = sim.load_result(old / kind)
    assert isinstance(found, OldResult) and found.was == kind
    saved = [pd.read_parquet(file) for file in sorted((old / kind).glob("*.parquet"))]
    assert kind == "batch" or all(
        one.equals(other) for one, other in zip(found.tables().values(), saved, strict=True)
    )
    pages = {
        lang: write_report([old / kind], tmp_path / f"{lang}.html", lang).read_text(encoding="utf-8")
        for lang in ("en", "zh")
    }
    assert "Defined as in version 0.1" in pages["en"] and "按0.1版的定义。" in pages["zh"]
    assert "（按0.1版的定义）" in pages["zh"] and "按0.1版的定义." not in pages["zh"]
    for lang, page in pages.items():
        assert all(str(escape(line)) in page for line in found.sentences(lang))
    assert (
        "Defined as in version 0.1" in found._repr_html_()
        or "defined as in version 0.1" in found._repr_html_()
    )


def test_outcomes_keep_their_old_ids_and_words(old: Path, tmp_path: Path) -> None:
    for kind in ("comparison", "study", "batch"):
        page = write_report([old / kind], tmp_path / "r.html", "en").read_text(encoding="utf-8")
        assert "households&#39; mean over estates that bill) [collection_rate_last_year]" in page
        assert "public money spent, all tiers" in page and "[public_cost]" in page
    assert set(first_words()) == set(sim.load_result(old / "study").tables()["runs"].columns[6:])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_it_stands_beside_results_of_this_version(
    old: Path, kind: str, run: sim.Run, tmp_path: Path
) -> None:
    with pytest.raises(ResultError, match="allowed one or the other"):
        write_report([old / kind, run], tmp_path / "r.html")
    assert write_report([old / kind, old / "run"], tmp_path / "r.html").is_file()
    done = CliRunner().invoke(app, ["reproduce", str(old / kind), "--lang", "en"])
    assert done.exit_code == 2 and ("version 0.1" in done.output or kind == "batch"), done.output
    done = CliRunner().invoke(app, ["report", str(old / kind), "--no-pdf", "--out", str(tmp_path / "a.html")])
    assert done.exit_code == 0, done.output


def test_what_is_worth_knowing_is_not_asked_of_it(old: Path) -> None:
    with pytest.raises(ResultError, match=r"defined as in version 0\.1"):
        sim.value_of_information(old / "comparison")


def test_its_runs_are_not_drawn_explained_or_weighed_with(old: Path) -> None:
    with pytest.raises(ResultError, match="defined as in version 0.1"):
        sim.load_run(old / "run")
    with pytest.raises(ResultError, match="defined as in version 0.1"):
        share_assumed(old / "sensitivity")
    for command in (("explain", str(old / "run"), "--estate", "0"), ("animate", str(old / "run"))):
        done = CliRunner().invoke(app, [*command, "--lang", "zh"])
        assert done.exit_code == 2 and "按0.1版的定义计算" in done.output, done.output


def test_a_batch_of_both_versions_is_refused(old: Path, run: sim.Run, tmp_path: Path) -> None:
    place = tmp_path / "batch"
    shutil.copytree(old / "batch", place)
    run.save(place / "new")
    (place / "new" / "headline.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ResultError, match=r"version 0\.1 \(calm-seed1-"):
        sim.load_result(place)


def test_a_result_of_this_version_is_not_saved_over_an_old_one(
    old: Path, run: sim.Run, tmp_path: Path
) -> None:
    place = Path(shutil.copytree(old / "run", tmp_path / "run"))
    with pytest.raises(ResultError, match=r"holds another result \(run of version 0\.1"):
        run.save(place)


@pytest.mark.parametrize(
    ("number", "why"),
    [(99, "newer version"), (2, "earlier development version"), (3, "earlier development version")],
)
def test_results_of_other_definitions_are_refused(
    number: int, why: str, run: sim.Run, tmp_path: Path
) -> None:
    path = run.save(tmp_path / "run") / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json_text(sealed(manifest | {"outcome_definitions": number})), encoding="utf-8")
    with pytest.raises(ResultError, match=why):
        sim.load_result(tmp_path / "run")


def test_an_old_comparison_keeps_what_it_called_rescued(old: Path, tmp_path: Path) -> None:
    tables = sim.load_result(old / "comparison").tables()
    whole = tables["rescues"].set_index("group").loc["all"]
    assert (whole["at_risk"], whole["rescued"], whole["unchanged"]) == (3, 0, 6)  # the last month alone
    assert set(tables["fates"]["fate"]) == {"unchanged"}
    page = write_report([old / "comparison"], tmp_path / "r.html", "en").read_text(encoding="utf-8")
    assert "unchanged" in page and "neither" not in page


@pytest.mark.parametrize("kind", FOUND)
def test_parts_named_by_module_then_are_the_parts_named_by_id_now(old: Path, kind: str) -> None:
    assert '"@of": "sim.experiments.' in (old / kind / "result.json").read_text(encoding="utf-8")
    found = parts_of(read(old / kind, kind, old=True))
    written = json.dumps(encode(found))
    assert set(parts_in(json.loads(written))) <= set(classes())
    again = decode(json.loads(written))
    assert again.digest == found.digest
    for name, table in found.tables().items():
        assert table.equals(again.tables()[name]), name


def test_a_whole_result_that_does_not_belong_to_its_manifest_is_refused(old: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(old / "ablation", tmp_path / "ablation"))
    text = (place / "result.json").read_text(encoding="utf-8")
    (place / "result.json").write_text(text.replace('"digest": "', '"digest": "0'), encoding="utf-8")
    with pytest.raises(ResultError, match="do not belong together"):
        sim.load_result(place)


def parts_in(data: object) -> list[str]:
    """The ids of all parts in saved data."""
    inner = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    own = [str(data["@of"])] if isinstance(data, dict) and "@of" in data else []
    return own + [one for part in inner for one in parts_in(part)]


def test_every_id_has_its_class_and_none_was_lost() -> None:
    assert len(set(classes().values())) == len(classes())
    for name in classes():
        assert id_of(class_of(name)) == name
    for written, name in OF_VERSION_0_1.items():
        assert class_of(written) is class_of(name)
    with pytest.raises(TypeError, match="not written into a result"):
        id_of(Path)
