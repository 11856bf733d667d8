"""Every kind of result vouches for all its files, is refused when one was changed, and is
overwritten by nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from report_commands import estate

import sim
from sim.errors import ResultError
from sim.experiments.ensemble import load_ensemble
from sim.fingerprint import model_source_hash
from sim.results.files import seal_of
from sim.results.folder import FORMAT, MANIFEST, OUTCOME_DEFINITIONS, json_text, read, sealed

KINDS = ("run", "comparison", "study", "sensitivity", "ablation", "tipping", "budget", "draws")


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the saved result of a kind."""
    place = request.getfixturevalue(f"{request.param}_folder")
    return Path(shutil.copytree(place, tmp_path / "copy"))


def all_files(folder: Path) -> set[str]:
    """Everything in a folder of results but the manifest; a search keeps its database there too."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found - {MANIFEST, "search.db"}


@pytest.mark.parametrize("folder", KINDS, indirect=True)
def test_the_manifest_names_every_file_and_is_strict_json(folder: Path) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"), parse_constant=refuse)
    assert set(manifest["files"]) == all_files(folder)
    assert manifest["outcome_definitions"] == 4
    assert manifest["kind"] and len(manifest["key"]) == 16 and manifest["versions"] and manifest["platform"]
    assert sim.load_result(folder) is not None


@pytest.mark.parametrize("folder", [*KINDS, "batch"], indirect=True)
def test_a_result_says_which_model_and_which_version_made_it(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["model_source_hash"] == model_source_hash()
    assert manifest["versions"]["sim"] == sim.__version__ != "unknown"
    assert {"python", "numpy", "numba"} <= set(manifest["versions"])
    assert manifest["outcome_definitions"] == OUTCOME_DEFINITIONS and manifest["format"] == FORMAT


@pytest.mark.parametrize("folder", KINDS, indirect=True)
def test_a_file_that_was_changed_is_named(folder: Path) -> None:
    for name in sorted(all_files(folder)):
        path = folder / name
        held = path.read_bytes()
        path.write_bytes(held[:-2] + (b"8\n" if held.endswith(b"9\n") else b"9\n"))
        with pytest.raises(ResultError, match=f"{path.name}: damaged or changed"):
            sim.load_result(folder)
        path.write_bytes(held)
    sim.load_result(folder)


@pytest.mark.parametrize("folder", KINDS, indirect=True)
def test_a_table_of_no_row_or_one_that_the_manifest_vouches_for_is_read_or_refused_in_words(
    folder: Path,
) -> None:
    before = (folder / MANIFEST).read_text(encoding="utf-8")
    tables = sorted(folder.glob("*.parquet"))
    for path in tables:
        whole = pd.read_parquet(path)
        held, refused = path.read_bytes(), []
        for change in (whole.iloc[:0], whole.iloc[:1]):
            change.to_parquet(path)
            manifest = json.loads(before)
            manifest["files"][path.name] |= seal_of(path) | {"rows": len(change)}
            (folder / MANIFEST).write_text(json_text(sealed(manifest)), encoding="utf-8")
            try:
                sim.load_result(folder)
            except ResultError as error:
                refused.append(str(error))
        assert all(path.parent.name in told for told in refused)
        path.write_bytes(held)
        (folder / MANIFEST).write_text(before, encoding="utf-8")
    assert tables and sim.load_result(folder) is not None


@pytest.mark.parametrize("folder", KINDS, indirect=True)
def test_a_word_changed_in_the_manifest_is_seen(folder: Path) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    words = manifest.get("sentences") or manifest.get("platform")
    name = next(iter(words))
    words[name] = ["It works."]
    path.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(ResultError, match=r"manifest\.json: changed since"):
        sim.load_result(folder)
    done = estate("reproduce", str(folder), "--in-process")
    assert done.exit_code == 2 and "changed since" in done.output


@pytest.mark.parametrize("folder", KINDS, indirect=True)
def test_another_result_is_never_saved_over_it(folder: Path, run_folder: Path, study_result) -> None:
    before = (folder / MANIFEST).read_bytes()
    kind = sim.load_result(folder)
    other = study_result if "Run" in type(kind).__name__ else sim.load_result(run_folder)
    with pytest.raises(ResultError, match="holds another result"):
        other.save(folder)
    assert (folder / MANIFEST).read_bytes() == before


def test_the_same_question_on_the_same_runs_with_another_level_is_another_result(
    ablation_folder, tmp_path
) -> None:
    found = sim.load_result(ablation_folder)
    before = found.key
    found.asked = found.asked | {"level": 0.5}
    assert found.key != before


def test_a_search_that_goes_on_is_the_same_result(budget_folder) -> None:
    found = sim.load_result(budget_folder)
    before = found.key
    found.asked = found.asked | {"trials": 1000}
    assert found.key == before
    found.yearly += 1
    assert found.key != before


@pytest.mark.usefixtures("words_only")
def test_charts_and_pages_are_vouched_for_too(drawn_folder: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(drawn_folder, tmp_path / "drawn"))
    saved = read(place, "run")
    charts = [name for name in saved.manifest["files"] if name.startswith("charts/")]
    assert charts and set(saved.manifest["files"]) == all_files(place)
    (place / charts[0]).unlink()
    with pytest.raises(ResultError, match="missing, although the manifest names it"):
        sim.load_run(place)


def test_a_folder_of_another_kind_is_refused_before_anything_is_run(run_folder: Path, tmp_path: Path) -> None:
    place = str(shutil.copytree(run_folder, tmp_path / "run"))
    for command in (
        ("compare", "small_city", "vicious_cycle"),
        ("sensitivity", "small_city"),
        ("tipping", "small_city"),
        ("ablate", "small_city"),
        ("budget", "small_city", "--yearly", "50000"),
        ("validate",),
        ("batch", "small_city"),
    ):
        store = tmp_path / f"store of {command[0]}"
        where = () if command[0] == "batch" else ("--store", str(store), "--in-process")
        done = estate(*command, "--out", place, *where)
        assert done.exit_code == 2 and "holds another result" in done.output, done.output
        assert not store.exists()


def test_a_batch_vouches_for_its_pages_and_every_run(batch_folder: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(batch_folder, tmp_path / "batch"))
    assert sim.load_result(place).scenarios
    (brief,) = list(next(place.glob("*/replications")).glob("*.json"))[:1]
    for path in (
        place / "index.html",
        next(place.glob("*/headline.json")),
        next(place.glob("*/city.csv")),
        brief,
    ):
        held = path.read_bytes()
        path.write_bytes(held.replace(b"0", b"1", 1))
        with pytest.raises(ResultError, match=f"{path.name}: (damaged or )?changed since"):
            sim.load_result(place)
        path.write_bytes(held)
    sim.load_result(place)


def test_a_calibrated_ensemble_that_was_changed_is_not_used(tmp_path: Path) -> None:
    from sim.experiments.ensemble import folders

    for ending in ("csv", "json"):
        shutil.copy(folders()[-1] / f"calibrated.{ending}", tmp_path)
    path = tmp_path / "calibrated.csv"
    assert load_ensemble(path).model_source_hash
    first, member, *others = path.read_text(encoding="utf-8").splitlines()
    lower = ",".join([repr(float(member.split(",")[0]) - 0.001), *member.split(",")[1:]])
    path.write_text("\n".join([first, lower, *others]) + "\n", encoding="utf-8")
    with pytest.raises(ResultError, match=r"calibrated\.csv: changed since it was calibrated"):
        load_ensemble(path)
    own = path.rename(tmp_path / "mine.csv")
    assert load_ensemble(own).model_source_hash == ""
