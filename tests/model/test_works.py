"""With works on, owners delight in what is new and get used to it, pay the manager little for it, and what
was built lasts where somebody keeps it up."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mesa_city import City
from sim.model.month.works import lost_of_works
from sim.scenario import Scenario

from .cities import first_small, run_digest
from .nudge import with_nudges

ON: dict[str, Any] = {"mechanisms__works": True}
GAIN = 0.3
BUILT = 3  # the month in which works end


def worn(**overrides: Any) -> Scenario:
    """The small city with worn facilities."""
    half = {f"types__{kind}__condition_mean": 0.5 for kind in ("commodity", "unit_built", "three_no")}
    return first_small(**(ON | half | overrides))


def course(months: int, gain: float = GAIN, **overrides: Any) -> dict[str, np.ndarray]:
    """Columns of all estates, a row a month, of a city in which works end in one month."""
    made = City(worn(**overrides), threads=1)

    def act() -> None:
        if made.month == BUILT:
            made.state.estates["lever_condition"] += gain
            made.clockwork.touched_levers.add("lever_condition")

    made.policy.act = act  # type: ignore[method-assign]
    names = ("satisfaction", "condition", "new_works", "delight", "payers", "effort", "billed")
    rows: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for _ in range(months):
        made.step()
        for name in names:
            rows[name].append(made.state.estates[name].astype(float))
    return {name: np.array(values) for name, values in rows.items()}


def test_without_the_mechanism_its_parameters_decide_nothing_and_no_works_are_remembered() -> None:
    lever = {"lever": "lever_condition", "amount": 0.02}
    off = with_nudges(first_small(), lever)
    other = {"works__delight": 9.0, "works__fade": 0.9, "works__credited": 1.0, "works__neglect": 0.9}
    assert run_digest(off) == run_digest(with_nudges(first_small(**other), lever))
    built = course(6, mechanisms__works=False)
    assert not built["new_works"].any() and not built["delight"].any()


def test_six_tenths_of_what_works_give_are_gone_eight_months_after() -> None:
    """What owners get of new works (delight and what the condition is worth) at the defaults, where nothing
    wears: 0.4 of it is left after eight months, as in the trial that the defaults are read from."""
    built = course(
        BUILT + 8,
        condition__wear=0.0,
        condition__restore=0.0,
        works__neglect=0.0,
        condition__fund_restore=0.0,
    )
    weight = 0.4
    first, later = (weight * GAIN + built["delight"][BUILT - 1 + months] for months in (0, 8))
    whole = built["condition"][-1] < 1.0  # others had less to gain
    assert whole.sum() > 5
    assert np.allclose(later[whole] / first[whole], 0.4, atol=0.01)


def test_satisfaction_rises_sooner_and_higher_than_what_it_comes_to() -> None:
    """After two years owners are as content without delight; in the first half year they are not."""
    still = {"condition__wear": 0.0, "works__neglect": 0.0}
    lasting, delighted = (
        (
            course(28, **still, works__delight=size)["satisfaction"]
            - course(28, 0.0, **still)["satisfaction"]
        ).mean(axis=1)
        for size in (0.0, 4.0)
    )
    assert delighted[BUILT + 5] > 1.8 * lasting[BUILT + 5]
    assert delighted.argmax() < lasting.argmax()
    assert delighted[-1] < 1.1 * lasting[-1], "in the end it is what the condition is worth"


def test_owners_pay_the_manager_the_less_for_works_the_less_they_are_to_its_credit() -> None:
    def paid(credited: float, gain: float) -> float:
        months = course(BUILT + 6, gain, works__credited=credited, works__delight=4.0)
        return float(months["payers"][BUILT:].sum())

    none = paid(0.0, 0.0)
    little, much = paid(0.0, GAIN), paid(1.0, GAIN)
    assert much > 1.03 * none
    assert abs(little - none) < 0.5 * (much - none), "though satisfaction is as high"


def test_what_was_built_lasts_where_it_is_kept_up_and_only_there() -> None:
    years = 24
    with_works, without = (course(years, gain, works__neglect=0.05) for gain in (GAIN, 0.0))
    left = (with_works["condition"] - without["condition"])[-1]
    built = (with_works["condition"] - without["condition"])[BUILT - 1] > 0.9 * GAIN
    effort = without["effort"].mean(axis=0)
    kept, alone = built & (effort > 0.8), built & (effort < 0.3)
    assert kept.sum() > 2 and alone.sum() > 2
    assert left[kept].mean() > 1.5 * left[alone].mean()
    assert lost_of_works(0.3, 1.0, 0.05) == 0.0 and lost_of_works(0.3, 0.0, 0.05) == 0.05 * 0.3


def test_works_and_upkeep_together_give_more_condition_than_the_sum_of_both() -> None:
    """Where the community cleans, and has the means to do all that there is to do, or has not."""
    keeps = {"service__cleaning_effort": 1.0, "government__community_budget": 1e7}

    def condition(neglect: float, gain: float, upkeep: bool) -> np.ndarray:
        more = keeps if upkeep else {}
        return np.asarray(course(30, gain, works__neglect=neglect, **more)["condition"][-1])

    def more_than_sum(neglect: float) -> float:
        neither, works, upkeep, both = (
            condition(neglect, gain, kept)
            for gain, kept in ((0, False), (GAIN, False), (0, True), (GAIN, True))
        )
        return float(
            ((both - neither) - (works - neither) - (upkeep - neither))[upkeep > neither + 0.05].mean()
        )

    assert more_than_sum(0.0) < 0.0 < more_than_sum(0.05)


def test_works_of_before_are_forgotten_while_a_city_spins_up() -> None:
    spun = City(worn(spin_up=12, mechanisms__repairs=True, repairs__condition=5.0), threads=1).state.estates
    assert not spun["new_works"].any()
