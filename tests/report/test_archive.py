"""A result as one file: the same bytes for the same result, everything that is needed in it, and nothing
about whose machine it was."""

from __future__ import annotations

import getpass
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from report_commands import LITTLE, estate

import sim
from sim.errors import ResultError
from sim.outputs.archive import refuse_traces
from sim.results.files import seal_of
from sim.results.folder import json_text, sealed
from sim.scenario import content_hash

KINDS = ("run", "comparison", "study", "sensitivity", "ablation", "tipping", "budget", "draws", "batch")


def names_in(file: Path) -> dict[str, bytes]:
    """Content by name, without the one folder that all of it lies in."""
    with zipfile.ZipFile(file) as packed:
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the saved result of a kind."""
    place = request.getfixturevalue(f"{request.param}_folder")
    return Path(shutil.copytree(place, tmp_path / "copy"))


@pytest.mark.parametrize("folder", KINDS, indirect=True)
def test_every_kind_of_result_is_one_file_whose_bytes_depend_on_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    one = sim.archive(folder)
    moved = folder.rename(tmp_path / "moved")
    (moved / "notes of mine.txt").write_text("not part of it", encoding="utf-8")
    for path in moved.rglob("*"):
        path.touch()
    with sim.in_language("zh"):
        other = sim.archive(moved, tmp_path / "elsewhere" / "cited.zip")
    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.sha256 == seal_of(one.path)["sha256"] and "notes of mine.txt" in other.left_out
    found = sim.verify(other.path)
    assert found.whole and found.sha256 == one.sha256 and found.kind == one.kind
    assert found.files == len(names_in(one.path))


def test_a_run_that_is_carried_out_again_gives_the_same_file(drawn_folder: Path, tmp_path: Path) -> None:
    done = estate(
        "run", "small_city", "--months", "3", "--set", "spin_up=0", "--out", str(tmp_path / "again"), *LITTLE
    )
    assert done.exit_code == 0, done.output
    one, again = sim.archive(drawn_folder, tmp_path / "one.zip"), sim.archive(tmp_path / "again")
    assert one.sha256 == again.sha256
    assert any(name.endswith(".png") for name in names_in(one.path))


@pytest.mark.parametrize("folder", ("comparison", "study", "budget"), indirect=True)
def test_what_is_in_it_is_enough_to_read_and_to_run_it(folder: Path, tmp_path: Path) -> None:
    made = sim.archive(folder)
    whole = tmp_path / "unpacked"
    with zipfile.ZipFile(made.path) as packed:
        packed.extractall(whole)
    (root,) = whole.iterdir()
    assert root.name == f"{made.kind}-{made.key}"
    assert type(sim.load_result(root / "result")) is type(sim.load_result(folder))
    versions = json.loads((root / "archive.json").read_text(encoding="utf-8"))["versions"]
    assert {"python", "numpy", "sim"} <= set(versions)
    for name in made.scenarios:
        scenario = sim.load(root / "scenarios" / f"{name}.toml")
        told = (root / "odd" / f"{name}.en.md").read_text(encoding="utf-8")
        assert scenario.title.in_language("en") in told and f"| {scenario.city.estates} |" in told
    assert sim.verify(root).whole
    (root / "result" / "report.en.html").write_text("mine", encoding="utf-8")
    again = sim.verify(root)
    assert again.whole and again.others == ("result/report.en.html",)


@pytest.mark.parametrize("folder", ("comparison", "tipping"), indirect=True)
def test_what_was_changed_in_the_file_is_named(folder: Path, tmp_path: Path) -> None:
    made = sim.archive(folder)
    contents = names_in(made.path)
    table = next(name for name, held in contents.items() if name.endswith(".csv") and b"0" in held)
    for changed, found in (
        (contents | {table: contents[table].replace(b"0", b"9", 1)}, f"{table}: damaged or changed"),
        ({name: held for name, held in contents.items() if name != table}, f"{table}: missing"),
        (contents | {"result/more.csv": b"a\n1\n"}, "result/more.csv: was not in the archive"),
        (
            contents | {"archive.json": contents["archive.json"].replace(b'"kind": "', b'"kind": "x', 1)},
            "archive.json",
        ),
    ):
        other = tmp_path / "other.zip"
        with zipfile.ZipFile(other, "w") as packed:
            for name, held in changed.items():
                packed.writestr(f"x/{name}", held)
        done = estate("verify", str(other))
        assert done.exit_code == 1 and found in done.output, done.output
    with zipfile.ZipFile(tmp_path / "anew.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, held in contents.items():
            packed.writestr(f"x/{name}", held)
    anew = sim.verify(tmp_path / "anew.zip")
    assert not anew.faults and not anew.whole, "another hash than the one that is cited"


def test_the_hash_that_is_cited_is_asked_for(ablation_folder: Path, tmp_path: Path) -> None:
    made = sim.archive(ablation_folder, tmp_path / "a.zip")
    assert estate("verify", str(made.path), "--sha256", made.sha256.upper()).exit_code == 0
    done = estate("verify", str(made.path), "--sha256", "0" * 64)
    assert done.exit_code == 1 and made.sha256 in done.output
    done = estate("archive", str(ablation_folder), "--out", str(tmp_path / "a.tar"))
    assert done.exit_code == 2 and "ends in .zip" in done.output
    (tmp_path / "b.zip").write_text("mine", encoding="utf-8")
    done = estate("archive", str(ablation_folder), "--out", str(tmp_path / "b.zip"))
    assert done.exit_code == 2 and (tmp_path / "b.zip").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("folder", ("comparison",), indirect=True)
def test_an_edited_table_is_named_by_its_cell_and_not_packed(folder: Path) -> None:
    path = folder / "differences.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    column = lines[0].split(",").index("low")
    row = lines[3].split(",")
    was, row[column] = row[column], "0.9653"
    path.write_text("\n".join([*lines[:3], ",".join(row), *lines[4:]]) + "\n", encoding="utf-8-sig")
    done = estate("verify", str(folder))
    assert done.exit_code == 1 and f"row 3, low: 0.9653, where {was} was written" in done.output, done.output
    (folder / "plane.parquet").unlink()
    done = estate("verify", str(folder))
    assert "plane.parquet: missing" in done.output and "differences.csv" in done.output, "all of it is told"
    for command in ("archive", "report", "reproduce"):
        done = estate(command, str(folder))
        assert (
            done.exit_code == 2
            and "defect" not in done.output
            and "archive, or make the result again" in done.output
        )
    assert not folder.with_name("copy.zip").exists()


@pytest.mark.parametrize("folder", ("batch",), indirect=True)
def test_of_a_batch_every_run_is_checked(folder: Path) -> None:
    brief = next(folder.glob("*/replications/*.json"))
    table = next(folder.glob("*/estates.parquet"))
    brief.write_text(brief.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
    table.write_bytes(table.read_bytes() + b"0")
    told = "\n".join(map(str, sim.verify(folder).faults))
    assert brief.name in told and table.parent.name in told and "estates.parquet" in told


def test_an_ensemble_is_checked_too(tmp_path: Path) -> None:
    from sim.experiments.ensemble import folders

    for ending in ("csv", "json"):
        shutil.copy(folders()[-1] / f"calibrated.{ending}", tmp_path)
    assert sim.verify(tmp_path).kind == "ensemble" and sim.verify(tmp_path).whole
    path = tmp_path / "calibrated.csv"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    (fault,) = sim.verify(tmp_path).faults
    assert "calibrated.csv" in str(fault)


def test_paths_and_names_of_whoever_made_it_are_found_wherever_they_stand(
    draws_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "zhangwei")
    assert (
        refuse_traces({"a.json": b'{"unit": "yuan/m2/month", "at": "https://example.org/a/b", "x": "1/2/3"}'})
        is None
    )
    for text in ("/home/li/city.toml", r"C:\\Users\\li\\a.toml", "made by ZhangWei"):
        for name, held in (
            ("a.json", json.dumps({"deep": [{"in": text.replace("\\\\", "\\")}]}).encode()),
            ("a.csv", f"a,b\n1,{text}\n".encode()),
            ("a.html", f"<p style='a/b'>{text}</p>".encode()),
        ):
            found = refuse_traces({name: held})
            assert found is not None and name in str(found), (name, text)
    other = Path(shutil.copytree(draws_folder, tmp_path / "draws"))
    path = other / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json_text(sealed(manifest | {"store": "/home/li/results/store"})), encoding="utf-8")
    with pytest.raises(ResultError, match=r"manifest\.json \(store\): says /home/li/results/store"):
        sim.archive(other)
    assert not other.with_name("draws.zip").exists()


def test_a_study_carries_its_scenarios_and_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of its user's own files: the result is reported, archived and carried out
    again where they are not."""
    from report_commands import STUDY

    for name, text in (
        ("own.toml", 'extends = "small_city"\ntitle = { en = "My own town" }\n'),
        ("mine.toml", STUDY.replace('"small_city"', '"own"')),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = sim.study(
        tmp_path / "mine.toml", engine=sim.InProcess(), store=tmp_path / "store", progress=False
    )
    folder = found.save(tmp_path / "saved")
    assert str(tmp_path) not in (folder / "manifest.json").read_text(encoding="utf-8")
    (tmp_path / "own.toml").unlink()
    (tmp_path / "mine.toml").unlink()
    monkeypatch.chdir(folder)
    assert sim.load_result(folder).report("en").about == "" and sim.archive(folder).scenarios == ("own",)
    (kept,) = sim.load_result(folder).scenarios.values()
    assert content_hash(kept) == content_hash(found.plan.bases["own"])
    done = estate("reproduce", str(folder), "--in-process")
    assert done.exit_code == 0 and "same to the last bit" in done.output, done.output


def test_an_ensemble_without_the_scenarios_of_its_patterns_says_so_in_what_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.experiments.ensemble import folders
    from sim.outputs import archive as packing

    # the one that ships is of earlier definitions, for which alone it would be refused
    monkeypatch.setattr(packing, "require_current", lambda manifest, place: None)

    place = tmp_path / "ensemble"
    place.mkdir()
    shutil.copy(folders()[-1] / "calibrated.csv", place)
    manifest = json.loads((folders()[-1] / "calibrated.json").read_text(encoding="utf-8"))
    earlier = {key: value for key, value in manifest.items() if key != "scenarios"}
    (place / "calibrated.json").write_text(json_text(sealed(earlier)), encoding="utf-8")
    made = sim.archive(place)
    texts = {name.rpartition("/")[2]: data.decode() for name, data in names_in(made.path).items()}
    assert made.scenarios == ()
    assert "does not hold those of its patterns" in texts["README.en.md"]
    assert "不附情景" in texts["README.zh.md"]
