"""A saved run comes out the same again, and a difference is explained by what is
otherwise or called a defect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.evidence.reproduce import changes_between, first_difference, reproduce
from sim.results.files import seal_of
from sim.results.folder import json_text, sealed

SMALL = {"city.estates": 40, "companies.private": 8, "spin_up": 12}


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    return sim.run("small_city", seed=5, months=12, overrides=SMALL).save(
        tmp_path_factory.mktemp("runs") / "run"
    )


def altered(saved: Path, tmp_path: Path, **changes: object) -> Path:
    """A copy of the run whose manifest says otherwise, as if it had been written so."""
    for file in saved.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    place = tmp_path / "manifest.json"
    manifest = json.loads(place.read_text(encoding="utf-8")) | changes
    place.write_text(json_text(sealed(manifest)), encoding="utf-8")
    return tmp_path


def test_the_same_run_comes_out_the_same(saved: Path) -> None:
    found = reproduce(saved)
    assert (
        found.same
        and found.verdict == "same"
        and found.files == ()
        and found.first is None
        and found.changes == ()
    )
    result = CliRunner().invoke(app, ["reproduce", str(saved), "--lang", "en"])
    assert result.exit_code == 0 and "same to the last bit" in result.output


def test_a_difference_without_any_change_is_a_defect(saved: Path, tmp_path: Path) -> None:
    found = reproduce(altered(saved, tmp_path, outcomes_sha256="0" * 64))
    assert found.verdict == "unexplained" and found.reasons == ()
    result = CliRunner().invoke(app, ["reproduce", str(tmp_path), "--lang", "en"])
    assert result.exit_code == 1 and "defect" in result.output


def test_a_table_changed_by_hand_is_named_and_is_no_defect_of_the_model(saved: Path, tmp_path: Path) -> None:
    import pandas as pd

    place = altered(saved, tmp_path)
    file = place / "city.parquet"
    table = pd.read_parquet(file)
    table.assign(satisfaction=table["satisfaction"] + 0.1).to_parquet(file)
    result = CliRunner().invoke(app, ["reproduce", str(place), "--lang", "en"])
    assert result.exit_code == 2 and "city.parquet: damaged or changed since" in result.output
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["city.parquet"] = seal_of(file)  # whoever changed it was thorough
    (place / "manifest.json").write_text(json_text(sealed(manifest)), encoding="utf-8")
    found = reproduce(place)
    assert found.verdict == "edited" and found.files == ("city.parquet",)
    result = CliRunner().invoke(app, ["reproduce", str(place), "--lang", "en"])
    assert result.exit_code == 1 and "city.parquet" in result.output and "defect" not in result.output


def test_the_model_explains_before_versions_do(saved: Path, tmp_path: Path) -> None:
    found = reproduce(
        altered(
            saved, tmp_path, outcomes_sha256="0" * 64, model_source_hash="abc", versions={"python": "2.7"}
        )
    )
    assert found.verdict == "explained" and {change.kind for change in found.changes} == {"model", "version"}
    assert [change.kind for change in found.reasons] == ["model"]


def test_another_seed_is_seen_where_it_first_differs(saved: Path) -> None:
    one = sim.load_run(saved)
    other = sim.run("small_city", seed=6, months=12, overrides=SMALL)
    spot = first_difference(one.estates, other.estates)
    assert spot is not None and spot[0] == 1
    assert first_difference(one.estates, sim.load_run(saved).estates) is None


def test_the_machine_is_named(saved: Path) -> None:
    now = sim.load_run(saved).manifest
    then = now | {"platform": {"system": "Plan9", "machine": "vax", "cores": 1}}
    assert [(change.kind, change.name) for change in changes_between(then, now, now["content_hash"])] == [
        ("machine", "system"),
        ("machine", "machine"),
    ]


def test_the_manifest_says_what_the_run_rests_on(saved: Path) -> None:
    held = sim.load_run(saved).manifest["evidence"]
    assert sum(held["parameters"].values()) == len(sim.model.parameters.PARAMETERS)
    assert held["weighing"] == "parameter_count" and 0 < held["share_assumed"] < 1


def test_a_parameter_set_by_hand_counts_as_assumed(saved: Path) -> None:
    from sim.results.provenance import standing
    from sim.runner import resolve

    before, after = (
        standing(resolve("small_city", overrides=changes)) for changes in ({}, {"payment.base": 0.5})
    )
    assert after["parameters"]["assumed"] == before["parameters"]["assumed"] + 1 and after[
        "set_by_scenario"
    ] == ["payment.base"]
