"""The level that would persist: what is carried on, what is ended, and what still moves."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from sim.errors import StudyError
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.scenario import load, with_overrides
from sim.studies.comparison.compare import compare
from sim.studies.comparison.saved import load_comparison
from sim.studies.comparison.withdrawal import (
    ENDED,
    KEPT,
    NEVER,
    carried_on,
    columns_of,
    drift_of,
    lasting,
    note_of,
    persistence_test,
    read_persistence,
    rows_of,
)
from sim.text import in_language

SIZE = {"city.estates": 16, "companies.private": 4, "months": 14} | {
    f"types.{name}.households_mean": 40 for name in ("commodity", "unit_built", "three_no", "resettlement")
}
SEEDS = (1, 2)


def test_programmes_go_on_as_planned_or_end_with_the_first_run() -> None:
    base = with_overrides(load("package"), {"months": 36})
    first, second = base.interventions[0].name, base.interventions[1].name
    planned = with_overrides(base, {f"interventions.{first}.start": 40, f"interventions.{second}.end": 30})
    arms = carried_on(planned, 60)
    assert {arm.months for arm in arms.values()} == {96} and set(arms) == {KEPT, ENDED}
    kept, ended = ({one.name: one for one in arms[name].interventions} for name in (KEPT, ENDED))
    assert kept[first].end == base.interventions[0].end and kept[first].start == 40
    assert ended[first].end == 0  # it would have begun later, and never does
    assert kept[second].end == ended[second].end == 30
    assert all(one.end in (0, 30, 36) for one in ended.values())
    assert set(carried_on(load("vicious_cycle"), 60)) == {NEVER}


def test_a_sum_of_the_run_gives_its_last_year_and_other_sums_nothing() -> None:
    asked = ("collection_last_year", "public_cost", "public_cost_last_year", "exits", "nominal_end")
    assert lasting(asked) == ("collection_last_year", "public_cost_last_year", "nominal_end")


def test_drift_is_the_rise_of_the_line_over_the_last_twelve_months() -> None:
    rising = np.concatenate([np.zeros(20), np.linspace(0.5, 0.55, 12)])
    falling = np.concatenate([np.ones(20), np.linspace(0.5, 0.45, 12)])
    outcome = "collection_last_year"
    assert drift_of({"collection": rising[None]}, outcome) == pytest.approx(0.05)
    assert drift_of({"collection": falling[None]}, outcome) == pytest.approx(-0.05)
    assert drift_of({"collection": np.stack([rising, falling])}, outcome) == pytest.approx(0)
    shaken = 0.5 + 0.02 * (-1.0) ** np.arange(32)  # up and down is no drift
    assert abs(drift_of({"collection": shaken[None]}, outcome)) < 0.01
    assert math.isnan(drift_of({}, "public_cost_last_year"))  # yuan are no points


def test_the_levels_are_those_of_runs_that_long(tmp_path: Path) -> None:
    options = {"engine": InProcess(), "store": tmp_path / "store"}
    outcomes = ("collection_last_year", "cycle_share_last_year", "public_cost")
    found = compare(
        "vicious_cycle", "subsidy_only", seeds=SEEDS, overrides=SIZE, outcomes=outcomes, **options
    )
    after = persistence_test(found, 24, Workplace(**options))
    told = {(one.arm, one.programmes, one.outcome): one for one in after.levels}
    kinds = {("vicious_cycle", NEVER), ("subsidy_only", KEPT), ("subsidy_only", ENDED)}
    assert {key[:2] for key in told} == kinds and len(told) == 9
    longer = SIZE | {"months": 38}
    again = compare(
        "vicious_cycle", "subsidy_only", seeds=SEEDS, overrides=longer, outcomes=outcomes, **options
    )
    for name, programmes in (("vicious_cycle", NEVER), ("subsidy_only", KEPT)):
        one = told[name, programmes, "collection_last_year"]
        assert one.mean == pytest.approx(again.arm(name).scalars["collection_last_year"].mean())
        assert one.before == pytest.approx(found.arm(name).scalars["collection_last_year"].mean())
    pairs = [one.programmes for one in after.levels if one.arm == "subsidy_only"]
    assert pairs == [KEPT, ENDED] * 3  # side by side
    paid = [told["subsidy_only", kind, "public_cost_last_year"].mean for kind in (KEPT, ENDED)]
    assert paid[0] > paid[1]  # what has ended costs no more
    folder = found.with_more(after=after).save(tmp_path / "saved")
    saved = load_comparison(folder)
    assert saved.after is not None and saved.after.after == 24
    assert rows_of(saved.after, {}, 14) == rows_of(after, {}, 14)
    part = saved.report("en")
    assert any("24 further months" in table.caption for table in part.gains)
    assert "--after" not in part.commands[0]  # the command carries on for sixty months, no other number


def test_over_three_points_within_the_year_is_still_moving() -> None:
    import pandas as pd

    row = {"arm": "a", "outcome": "collection_last_year", "after": 60, "programmes": KEPT, "before": 0.5}
    row |= {"level": 0.6, "low": 0.5, "high": 0.7, "note": ""}
    rows = [row | {"drift": drift} for drift in (0.031, -0.031, 0.029, math.nan)]
    found = read_persistence(pd.DataFrame(rows), 0.95)
    assert [one.moving for one in found.levels] == [True, True, False, None]
    # what is not known is no "no"
    assert found.table["still_moving"].isna().tolist() == [False, False, False, True]
    said = [cells[-1] for cells in rows_of(found, {}, 24)]
    assert said[0] == "still moving (+3.1)" and said[2] == "moves little (+2.9)" and said[3] == "not known"
    assert rows_of(found, {}, 24)[0][5] == "50.0 to 70.0%"
    assert [words for words in columns_of(found, 6) if "of the run" in words] == ["months 1 to 6 of the run"]
    assert "the last year of the run" in columns_of(found, 24)
    with in_language("zh"):
        assert "仍在变动" in rows_of(found, {}, 24)[1][-1]


def test_a_level_that_is_not_of_the_months_of_its_column_says_of_which() -> None:
    """Self-sustaining is known from month 12 on: in a run of 13 months it is of two of them."""
    import pandas as pd

    row = {
        "arm": "a",
        "after": 60,
        "programmes": KEPT,
        "before": 0.381,
        "level": 0.4,
        "low": 0.3,
        "high": 0.5,
    }
    row |= {"note": "", "drift": 0.0}
    names = ("self_sustaining_last_year", "collection_last_year")
    found = read_persistence(pd.DataFrame([row | {"outcome": name} for name in names]), 0.95)
    assert "the last year of the run" in columns_of(found, 13)
    assert [cells[2] for cells in rows_of(found, {}, 13)] == ["38.1% (months 12 to 13)", "38.1%"]
    assert [cells[2] for cells in rows_of(found, {}, 24)] == ["38.1%", "38.1%"]


def test_what_is_no_share_has_a_dash_and_the_note_says_why() -> None:
    import pandas as pd

    row = {"arm": "a", "outcome": "public_cost_last_year", "after": 60, "programmes": KEPT, "before": 1e6}
    row |= {"level": 2e6, "low": 1e6, "high": 3e6, "note": "", "drift": math.nan}
    found = read_persistence(pd.DataFrame([row]), 0.95)
    for lang, why in (("en", "what is no share, such as yuan"), ("zh", "不是占比的结果（如金额）")):
        with in_language(lang):
            assert rows_of(found, {}, 24)[0][-1] == "–"
            head = columns_of(found, 24)[-1]
            assert head in note_of()
            assert why in note_of()


def test_without_an_outcome_that_could_last_nothing_is_carried_on() -> None:
    from sim.studies.comparison.withdrawal import check_persistence

    with pytest.raises(StudyError, match="last twelve months"):
        check_persistence(("exits",), [load("vicious_cycle")])
