"""The register is in order, its arithmetic holds, and every number of the package names an entry or
admits to be a judgement."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest

from sim.errors import EvidenceError, ScenarioError
from sim.evidence.register import (
    FIGURE_COLUMNS,
    GRADES,
    PARAMETER,
    SOURCE_COLUMNS,
    Use,
    declared,
    find_entry,
    read_register,
    register,
    stated,
    uses_of,
)
from sim.model.parameters import PARAMETERS
from sim.text import in_language

SOURCES = ",".join(SOURCE_COLUMNS) + "\nD01,A title,A place,2020,press,somewhere,\n"
FIGURES = ",".join(FIGURE_COLUMNS) + "\nS001,a thing,5,4,6,%,,2020,,page,one,D01,A title,\n"


def unsourced(found: Iterable[Use]) -> list[str]:
    """Every number that names neither an entry of the register nor judgement with a status that admits it."""
    known, wrong = set(register().figures), []
    for use in found:
        admitted = use.source == "judgement" and use.status not in ("measured", "reported", "derived")
        if not admitted and use.source not in known:
            wrong.append(f"{use.kind} {use.place}: {use.source} {use.status}")
    return wrong


def test_every_number_has_a_source_or_is_admitted_to_be_a_judgement() -> None:
    assert unsourced((*declared(), *stated())) == []


def test_a_parameter_without_entry_is_found() -> None:
    one = Use(PARAMETER, "payment.base", "X999", "calibrated")
    two = Use(PARAMETER, "payment.base", "judgement", "measured")
    found = unsourced((one, two))
    assert len(found) == 2 and "X999" in found[0] and "measured" in found[1]


def test_all_kinds_of_numbers_are_looked_at() -> None:
    kinds = {use.kind for use in (*declared(), *stated())}
    assert kinds == {"parameter", "setting", "mechanism", "default", "figure"}
    assert {use.place for use in declared() if use.kind == "parameter"} == set(PARAMETERS)


@pytest.mark.parametrize(
    ("figure", "part", "whole"),
    [
        ("S011", 176, 1115),
        ("S012", 482, 1115),
        ("S013", 166, 1115),
        ("S014", 291, 1115),
        ("S016", 176 + 482 + 166, 1115),
        ("P008", 48, 64),
        ("P044", 1476, 3597),
        ("P052", 965 - 12, 965),
        ("N069a", 440, 3032),
        ("N072a", 14602, 15035),
        ("N072b", 10645, 15035),
        ("N014a", 100 - 78.49, 100),
        ("N085c", 913, 1050),
        ("N085d", 788, 913),
    ],
)
def test_percentages_follow_from_their_counts(figure: str, part: int, whole: int) -> None:
    number = register().figures[figure].number
    assert number is not None and math.isclose(number, 100 * part / whole, abs_tol=0.06)


def test_the_starting_mix_adds_up_and_the_stated_coverage_contradicts_it() -> None:
    held = register().figures
    mix = [held[name].number or 0.0 for name in ("S011", "S012", "S013", "S014")]
    assert math.isclose(sum(mix), 100, abs_tol=0.02)
    assert math.isclose(sum(mix[:3]), held["S016"].number or 0.0, abs_tol=0.02)
    assert abs((held["S015"].number or 0.0) - sum(mix[:3])) > 0.3


def test_counts_of_the_newer_rows_add_up() -> None:
    value = {name: figure.number or 0.0 for name, figure in register().figures.items()}
    assert value["N019c"] + value["N019d"] + value["N019e"] == value["N019b"]
    assert sum(value[f"N088{one}"] for one in "cdef") == 351
    assert sum(value[f"N083{one}"] for one in "abc") == 61
    assert sum(value[f"N091{one}"] for one in "bcd") == 4006
    assert math.isclose(sum(value[f"N013{one}"] for one in "abc"), 100, abs_tol=0.01)
    assert math.isclose(value["N080a"] / 12099, 0.116, abs_tol=0.001)
    assert math.isclose(80980 / 173000, value["N080b"] / 100, abs_tol=0.003)


def test_a_row_that_holds_several_numbers_is_split() -> None:
    """Of the rows taken in since the second version: one number each, a sign, or a
    range that its bounds state."""
    newer = [figure for figure in register().figures.values() if figure.id[0] in "NI"]
    assert {figure.id[:4] for figure in newer} >= {
        f"N{number:03d}" for number in (2, 10, 20, 59, 80, 97, 107)
    }
    assert [figure.id for figure in newer if figure.number is None and figure.value != "sign"] == []


def test_what_does_not_stand_in_an_excerpt_is_left_empty() -> None:
    held = register().figures
    assert held["P044"].year == "" and not held["P044"].complete, "the page shows no year"
    assert held["N017"].of_whom == "" and not held["N017"].complete
    assert held["N080b"].complete and held["N080b"].read == "page"
    assert not held["N005a"].strong and held["N011a"].strong, "relayed without its survey, against the survey"
    assert not held["N102b"].strong, "a discussion paper is not reviewed"


def test_corrections_of_the_register_stand() -> None:
    held = register().figures
    assert held["T006"].number == 2 and held["N106"].number == 2, "the published effect, not the draft's"
    assert held["T003"].number == pytest.approx(0.1222)
    assert "parking alone" in held["P038"].quantity
    assert all(name in held["P044"].note for name in ("N070a", "N070d", "N070e", "N070f"))
    assert all(name in held["P042"].note for name in ("N004", "N011d", "N011e"))


def test_ratios_follow_from_their_parts() -> None:
    held = register().figures
    assert held["P003"].number == pytest.approx(48e6 / 280e3, abs=0.1)
    assert held["P004"].number == pytest.approx(68372 / 142, abs=0.1)
    assert held["P005"].number == pytest.approx(4120 / 17, abs=0.1)
    assert held["P063"].number == pytest.approx(240e9 / 8.97e6, abs=1)


def test_a_sound_register_is_read() -> None:
    held = read_register(SOURCES, FIGURES)
    assert held.figures["S001"].number == 5 and held.figures["S001"].source.grade in GRADES
    assert replace(held.figures["S001"], value="4/8/18").number is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",5,4,6,", ",7,4,6,", "low ≤ value ≤ high"),
        ("D01,A title,\n", "D02,A title,\n", "source_id"),
        ("%", "", "unit"),
        (",4,6,", ",x,6,", "low"),
        ("D01,A title,\n", "D01,Another,\n", "source_title"),
        ("S001", "Q1", "id"),
        (",2020,,page", ",,page", "fields"),
        (",page,", ",heard,", "read: found 'heard', allowed document, page, excerpt, abstract"),
        (",one,", ",,", "group: found nothing"),
    ],
)
def test_wrong_figures_are_refused_by_name(old: str, new: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        read_register(SOURCES, FIGURES.replace(old, new, 1))


def test_unknown_grade_and_double_id_are_refused_together() -> None:
    with pytest.raises(EvidenceError) as caught:
        read_register(
            SOURCES.replace("press", "rumour"),
            FIGURES + "S001,a thing,5,4,6,%,,2020,,page,one,D01,A title,\n",
        )
    assert "rumour" in str(caught.value) and "twice" in str(caught.value)


def test_what_uses_a_source_is_what_uses_its_figures() -> None:
    figure = register().figures["P066"]
    assert {use.place for use in uses_of("P066")} <= {use.place for use in uses_of(figure.source.id)}
    assert any(use.place == "payment.grievance_weight" for use in uses_of("P066"))


def test_an_unknown_entry_names_the_nearest() -> None:
    assert find_entry("p066")[0] == "figure" and find_entry("payment.base")[0] == "parameter"
    with pytest.raises(ScenarioError, match=r"did you mean 'payment\.norm_weight'"):
        find_entry("payment.nrm_weight")


@pytest.mark.parametrize("entry", ["N020a", "D98"])
def test_a_figure_that_only_a_pattern_uses_is_told_as_used(
    entry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.cli.credibility import show_entry

    assert register().figures["N020a"].source.id == "D98"
    with in_language("en"):
        show_entry(entry)
    said = capsys.readouterr().out
    assert "yangzhou_estates_over_80" in said and "nothing uses it" not in said
