"""What can have no effect is said: which programme, why, once, in the chosen language; and
nothing is said of what can."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim import no_effect, notices
from sim.cli.app import app
from sim.model.programmes.describe import kinds
from sim.no_effect import settings_of, without_effect
from sim.notices import tell
from sim.scenario import list_scenarios
from sim.text import in_language, message

SUBSIDY = {"kind": "operating_subsidy", "name": "mine"}


@pytest.fixture(autouse=True)
def nothing_told_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_told", set())


def told(programme: dict, **changes: object) -> list[str]:
    base = sim.with_overrides(sim.load("small_city"), {"months": 24} | changes)
    with in_language("en"):
        return [str(one) for one in without_effect(sim.with_programmes(base, programme))]


@pytest.mark.parametrize(
    ("programme", "changes", "why"),
    [
        (SUBSIDY | {"start": 25}, {}, "starts in month 25, and the last month is 24"),
        (SUBSIDY | {"start": 20, "lag": 5}, {}, "no estate feels it before month 25"),
        (
            SUBSIDY | {"capacity": 0.02},
            {},
            "capacity of 0.02 estates a month makes not one place in its 24 months",
        ),
        (SUBSIDY | {"targets": {"share_max": 0.0}}, {}, "share_max = 0"),
        (
            SUBSIDY | {"targets": {"types": ["commodity"], "old": True}},
            {},
            "no estate of this city can be its target",
        ),
        (
            SUBSIDY | {"targets": {"types": ["commodity"], "age_min": 90}},
            {},
            "no estate of this city can be its target",
        ),
        (SUBSIDY | {"yearly_budget": 0.0}, {}, "yearly_budget = 0"),
        (SUBSIDY, {"government.district_budget": 0}, "no budget (district)"),
        (
            {"kind": "committee_drive", "name": "mine"},
            {"government.street_staff": 0},
            "needs staff of the street",
        ),
    ],
)
def test_a_programme_without_effect_is_named_with_the_reason(
    programme: dict, changes: dict, why: str
) -> None:
    (found,) = told(programme, **changes)
    assert found.startswith("small_city: ") and "programme mine" in found and why in found, found


@pytest.mark.parametrize(
    "programme",
    [
        SUBSIDY | {"start": 24},
        SUBSIDY | {"capacity": 0.05},
        SUBSIDY | {"end": 0},  # withdrawn before it starts: asked for as such
        SUBSIDY | {"targets": {"modes": ["none"], "stages": ["collapsed"]}},  # who can tell before the run
        SUBSIDY | {"targets": {"districts": [0], "old": True, "age_min": 20}},
    ],
)
def test_nothing_is_said_of_what_may_act(programme: dict) -> None:
    assert told(programme) == []


DRIVE = {"kind": "committee_drive", "name": "mine"}


@pytest.mark.parametrize(
    ("programme", "changes", "why"),
    [
        (DRIVE | {"staff": 4.5}, {}, "takes 4.5 staff of the street (staff), and each street has 4 in all"),
        (DRIVE | {"cost": 1e6}, {}, "costs 1,000,000 yuan each time (cost), and each street has 300,000"),
        (DRIVE | {"yearly_budget": 599.0}, {}, "it may spend 599 yuan in a whole year (yearly_budget)"),
    ],
)
def test_one_estate_that_takes_more_than_a_body_has_is_named(
    programme: dict, changes: dict, why: str
) -> None:
    (found,) = told(programme, **changes)
    assert "programme mine can have no effect" in found and why in found, found


@pytest.mark.parametrize(
    "programme",
    [
        DRIVE | {"staff": 4.0},
        DRIVE | {"cost": 3e5},
        DRIVE | {"yearly_budget": 600.0},
        # the budget may grow
        DRIVE
        | {
            "yearly_budget": 599.0,
            "when": {"grow": {"measure": "collection", "below": 0.9, "what": "yearly_budget"}},
        },
        # a community has what owners pay it for cleaning, too
        {"kind": "reception_day", "name": "mine", "cost": 30_000.0},
        # audits need money alone
        {"kind": "committee_oversight", "name": "mine", "staff": 50.0},
        # paid and not paid, it moves something
        {"kind": "red_black_list", "name": "mine", "yearly_budget": 1.0},
    ],
)
def test_nothing_is_said_where_one_estate_may_be_served(programme: dict) -> None:
    assert told(programme) == []


def test_nothing_is_said_of_staff_where_another_programme_eases_the_work() -> None:
    base = sim.load("small_city")
    both = sim.with_programmes(base, DRIVE | {"staff": 4.1}, {"kind": "party_branches", "name": "other"})
    assert without_effect(both) == []


NEVER_BEGUN = {"end": 0}
SCARCE = (
    {"government.street_staff": 0.001, "government.community_staff": 0.001},
    {"government.street_staff": 0, "government.community_staff": 0},
    {"government.street_budget": 1, "government.district_budget": 1},
)


@pytest.mark.parametrize(("scarce", "least"), list(zip(SCARCE, (8, 8, 5), strict=True)))
def test_whoever_is_said_to_lack_it_changes_nothing_in_the_city(scarce: dict, least: int) -> None:
    changes = {"months": 15, "city.estates": 10, "city.households": 800} | scarce
    base, said = sim.with_overrides(sim.load("small_city"), changes), []
    for kind in kinds():
        programme = {"kind": kind, "name": "mine"}
        mine = sim.with_programmes(base, programme)
        if not any("can have no effect" in str(one) for one in without_effect(mine)):
            continue
        said.append(kind)
        none = sim.with_programmes(base, programme | NEVER_BEGUN)
        with_it, without = (sim.run(one, seed=4) for one in (mine, none))
        assert with_it.city.equals(without.city), kind
        assert with_it.estates.equals(without.estates), kind
    assert len(said) >= least, said


NOBODY = {"government.street_staff": 0, "government.community_staff": 0}
MANY = {"government.street_staff": 1000, "government.community_staff": 1000}


def test_whoever_does_something_with_staff_alone_is_said_to_lack_it() -> None:
    """Of every kind: what changes the city where there are hands, and does not where there are none."""
    changes = {"months": 15, "city.estates": 10, "city.households": 800}
    said = {}
    for kind in kinds():
        courses = []
        for staff in (MANY, NOBODY):
            base = sim.with_overrides(sim.load("small_city"), changes | staff)
            mine, none = (
                sim.with_programmes(base, {"kind": kind, "name": "mine"} | more) for more in ({}, NEVER_BEGUN)
            )
            courses.append(sim.run(mine, seed=4).city.equals(sim.run(none, seed=4).city))
        if courses == [False, True]:
            said[kind] = [str(one) for one in without_effect(mine_without_staff(changes, kind))]
    assert len(said) >= 8 and all(said.values()), said


def mine_without_staff(changes: dict, kind: str) -> sim.Scenario:
    base = sim.with_overrides(sim.load("small_city"), changes | NOBODY)
    return sim.with_programmes(base, {"kind": kind, "name": "mine"})


def test_of_a_drive_that_nobody_works_for_its_reports_remain() -> None:
    for settings, why in (
        ({"staff": 20.0}, "one estate takes 20 staff of the street (staff), and each street has 4 in all"),
        ({"cost": 1e6}, "one estate costs 1,000,000 yuan each time (cost)"),
    ):
        (one,) = told({"kind": "coverage_drive", "name": "mine"} | settings)
        assert "can do none of its work in estates" in one and why in one
    for kind in ("self_management", "consolidation"):
        (one,) = told({"kind": kind, "name": "mine", "staff": 20.0})
        assert "can have no effect" in one and "one estate takes 20 staff" in one


def test_one_that_takes_hands_before_it_lacks_something_is_not_said_to_have_no_effect() -> None:
    """Linkage claims the street's staff before it finds that the community has none."""
    linkage = {"kind": "four_tier_linkage", "name": "greedy", "street_staff": 2.0}
    nobody = {"government.community_staff": 0}
    base = sim.with_overrides(sim.load("small_city"), {"months": 15} | nobody)
    (alone,) = without_effect(sim.with_programmes(base, linkage))
    assert "greedy can have no effect" in str(alone)
    both = sim.with_programmes(base, linkage, DRIVE)
    assert [str(one).split(":")[1] for one in without_effect(both)] == [
        " programme greedy can do none of its work in estates"
    ]
    without = sim.with_programmes(base, linkage | NEVER_BEGUN, DRIVE)
    spent = [sim.run(one, seed=4).outcomes()["fiscal_spending"] for one in (both, without)]
    assert spent[0] != spent[1], "which the drive is the poorer for"


def test_staff_that_relief_makes_needless_is_not_said_to_lack() -> None:
    nobody = {"government.street_staff": 0, "government.community_staff": 0}
    base = sim.with_overrides(sim.load("small_city"), nobody)
    free = {"street_staff": 0, "community_staff": 0, "cost": 0, "staff_saved": 1}
    linkage = {"kind": "four_tier_linkage", "name": "other"} | free
    assert without_effect(sim.with_programmes(base, DRIVE, linkage)) == []
    assert len(without_effect(sim.with_programmes(base, DRIVE, linkage | {"staff_saved": 0.9}))) == 1


@pytest.mark.parametrize("kind", ["four_tier_linkage", "retrofit", "legacy_remediation"])
def test_where_one_of_those_who_pay_together_has_nothing_nothing_is_paid(kind: str) -> None:
    changes = {"months": 15, "city.estates": 10, "city.households": 800, "government.district_budget": 0}
    base = sim.with_overrides(sim.load("small_city"), changes)
    mine, none = (
        sim.with_programmes(base, {"kind": kind, "name": "mine"} | more) for more in ({}, NEVER_BEGUN)
    )
    (said,) = [str(one) for one in without_effect(mine)]
    assert "nothing of programme mine that costs public money can happen" in said and "district" in said
    costs = [sim.run(one, seed=4).outcomes()["fiscal_spending"] for one in (mine, none)]
    assert costs[0] == costs[1]
    free = {"retrofit": {"district_share": 0.0}, "four_tier_linkage": {"district_share": 0.0}}.get(kind)
    if free is not None:
        assert without_effect(sim.with_programmes(base, {"kind": kind, "name": "mine"} | free)) == []


def test_amounts_are_weighed_in_fen_as_they_are_paid() -> None:
    base = sim.with_overrides(sim.load("small_city"), {"months": 15, "government.street_budget": 1000})
    assert without_effect(sim.with_programmes(base, DRIVE | {"cost": 1000.004})) == []
    assert len(without_effect(sim.with_programmes(base, DRIVE | {"cost": 1000.006}))) == 1
    nothing = sim.with_overrides(base, {"government.street_budget": 0})
    linkage = {"kind": "four_tier_linkage", "name": "mine"}
    assert len(without_effect(sim.with_programmes(nothing, linkage))) == 1
    for no_part in ({"district_share": 0.9999}, {"cost": 0.03}):
        assert without_effect(sim.with_programmes(nothing, linkage | no_part)) == []


def test_bounds_that_another_programme_eases_are_not_said_to_be_too_narrow() -> None:
    narrow = {"kind": "operating_subsidy", "name": "mine", "start": 1, "capacity": 0.009}
    slow = {"kind": "operating_subsidy", "name": "mine", "start": 100, "lag": 22}
    base = sim.with_overrides(sim.load("small_city"), {"months": 111})
    linkage = {"kind": "four_tier_linkage", "name": "other"}
    for programme in (narrow, slow):
        assert len(without_effect(sim.with_programmes(base, programme))) == 1
        assert without_effect(sim.with_programmes(base, programme, linkage)) == []
    grow = {"when": {"grow": {"measure": "collection", "below": 0.9, "what": "capacity"}}}
    assert without_effect(sim.with_programmes(base, narrow | grow)) == []


@pytest.mark.parametrize("name", list_scenarios())
def test_every_shipped_scenario_is_free_of_it(name: str) -> None:
    assert without_effect(sim.load(name)) == []


def test_it_is_said_once_and_in_the_chosen_language(capsys: pytest.CaptureFixture[str]) -> None:
    one = message("no_effect.set_twice", key="months", was="1", now="2")
    with in_language("zh"):
        tell([one, one])
        tell([one])
    assert capsys.readouterr().err.count("--set months 出现两次") == 1


def test_a_setting_given_twice_is_said_and_the_last_holds(capsys: pytest.CaptureFixture[str]) -> None:
    with in_language("en"):
        assert settings_of(["months=3", "payment.base=1.0", "parameters.payment.base=0.5"]) == {
            "months": 3,
            "parameters.payment.base": 0.5,
        }
    assert "given twice: 0.5 holds, 1.0 has no effect" in capsys.readouterr().err


def test_a_file_that_stands_before_a_shipped_scenario_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "scenarios"
    own.mkdir()
    monkeypatch.chdir(tmp_path)
    shipped = no_effect.find("small_city")
    (own / "small_city.toml").write_bytes(shipped.read_bytes())
    assert no_effect.shadows(["small_city"]) == [], "the same content is no other scenario"
    (own / "small_city.toml").write_bytes(shipped.read_bytes().replace(b"seed", b"# seed", 1) + b"# mine\n")
    done = CliRunner().invoke(app, ["describe", "small_city", "--lang", "en"])
    assert "scenarios/small_city.toml of the working folder is meant" in done.stderr
    assert no_effect.shadows(["scenarios/small_city.toml", "vicious_cycle", 7]) == []


def test_a_file_that_another_extends_and_that_hides_a_shipped_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "variant.toml").write_text('extends = "small_city"\nmonths = 7\n', encoding="utf-8")
    (tmp_path / "further.toml").write_text('extends = "variant.toml"\nmonths = 6\n', encoding="utf-8")
    assert no_effect.shadows([tmp_path / "further.toml"]) == []
    shipped = no_effect.find("small_city").read_text(encoding="utf-8")
    (tmp_path / "small_city.toml").write_text(f"{shipped}\n# mine\n", encoding="utf-8")
    for name in ("variant.toml", "further.toml"):
        (found,) = no_effect.shadows([tmp_path / name])
        assert str(found).startswith(f"small_city: the file {tmp_path / 'small_city.toml'}")
    (tmp_path / "small_city.toml").write_text(f'extends = "further.toml"\n{shipped}', encoding="utf-8")
    assert len(no_effect.shadows([tmp_path / "further.toml"])) == 1, "a circle has an end"
