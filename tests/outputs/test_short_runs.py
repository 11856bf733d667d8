"""What is said of a run of under a year names the months that it has; of a year or more, the last year."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from fake_run import fake_run
from test_index_page import Read, done

import sim
from sim.outputs.catalog import subject
from sim.outputs.public_money import cost_table
from sim.outputs.report.model import Table
from sim.results import Run
from sim.results.engines import InProcess
from sim.results.outcomes import OUTCOMES, SERIES, note_on_months, window
from sim.scenario import load, with_overrides
from sim.studies.batch.index_page import index_page
from sim.studies.comparison import chart as comparison_chart
from sim.studies.comparison.compare import compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.report import part_of as comparison_part
from sim.studies.run.chart import cycle, cycle_alt, ladder, ladder_alt, overview, overview_alt
from sim.studies.run.explain import explain_text
from sim.studies.run.report import part_of as run_part
from sim.studies.run.words import first_month_note, key_changes, label_of, sentences_of
from sim.text import in_language

SMALL = {"city.estates": 12, "companies.private": 4, "spin_up": 0} | {
    f"types.{name}.households_mean": 40 for name in ("commodity", "unit_built", "three_no", "resettlement")
}
# Words that claim a year of months or a start of what is of a year; "here of months 1 to 6 only" takes a
# label's claim back.
A_YEAR = {
    "en": re.compile(r"last (year|twelve|12)|twelve months|12 months|year before|of the year"),
    "zh": re.compile("末年|12个月|十二个月|一年|前一年"),
}
WINDOWS = {"en": "months 1 to 6", "zh": "第1至6月"}


@cache
def run_of(months: int) -> Run:
    return sim.run(with_overrides(load("vicious_cycle"), SMALL), months=months)


@cache
def comparison_of(months: int) -> Comparison:
    arms = [with_overrides(load(name), SMALL) for name in ("vicious_cycle", "subsidy_only")]
    begun = with_overrides(arms[1], {f"interventions.{one.name}.start": 1 for one in arms[1].interventions})
    return compare(arms[0], begun, months=months, seeds=range(1, 6), engine=InProcess())


def told_of(run: Run) -> list[str]:
    """Sentences of a run: its finding, what its charts show, and the life of an estate."""
    texts = [overview_alt(run), cycle_alt(run), ladder_alt(run), *sentences_of(run)]
    for estate in range(len(run.estate_table)):
        texts += explain_text(run, estate)
    return texts


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("months", [1, 6])
def test_no_sentence_of_a_short_run_claims_a_year(months: int, lang: str) -> None:
    with in_language(lang):
        told = told_of(run_of(months))
        assert not [text for text in told if A_YEAR[lang].search(text)]
        assert sum(window(months) in text for text in told) > 3
    if months == 6:
        assert any(WINDOWS[lang] in text for text in told)


def test_one_value_is_a_dot_and_goes_from_nowhere() -> None:
    with in_language("en"):
        for months in (6, 12):
            run = run_of(months)
            collected = f"{100 * run.city['collection'].iloc[-1]:.0f}%"
            said = overview_alt(run)
            assert f"one dot each, the fee collected of the bills of {window(months)}: {collected}" in said
            assert "Right: fee collection" not in said
            assert (
                f"Fee collection over all estates (0 where nobody bills), of {window(months)}, is {collected}"
                in cycle_alt(run)
            )
            assert re.search(r"break-even coverage \d+% \(known at the end alone\)", ladder_alt(run))
        assert window(12) == "the last year" and window(1) == "month 1"
        (right,) = [
            line
            for line in overview(run_of(6)).axes[0].child_axes[1].lines
            if line.get_label() == "everybody"
        ]
        assert right.get_marker() == "o"
        assert (
            overview(run_of(6)).axes[0].child_axes[1].get_title(loc="left")
            == "How much of the fee is paid (months 1 to 6)"
        )
        assert (
            overview(run_of(13)).axes[0].child_axes[1].get_title(loc="left") == "How much of the fee is paid"
        )
        (break_even,) = [line for line in ladder(run_of(6)).lines if line.get_label() == "break_even"]
        assert break_even.get_marker() == "o"
        panels = [
            panel.get_title(loc="left") for panel in comparison_chart.differences(comparison_of(6)).child_axes
        ]
        assert [title for title in panels if "months 1 to 6" in title] == [
            title for title in panels if "Collected" in title
        ]
        assert len(panels) == 4


def test_a_run_of_a_month_more_than_a_year_goes_from_month_12_to_13() -> None:
    run = run_of(13)
    first, last = (f"{100 * value:.0f}%" for value in run.city["collection"].iloc[-2:])
    with in_language("en"):
        said = overview_alt(run)
        assert f"goes from {first} to {last}" in said and "begins in month 12" in said
        assert "on average over the last year" in sentences_of(run)[0]
        assert first_month_note(13).startswith(
            "Collection is of the last twelve months, so it starts with month 12"
        )
        assert first_month_note(12).startswith(
            "Collection and break-even coverage are of the last year, all that was"
        )
        assert first_month_note(6).startswith(
            "Collection and break-even coverage are of months 1 to 6, all that was"
        )


def test_a_life_of_more_than_a_year_tells_of_its_first_months_as_of_so_many() -> None:
    with in_language("en"):
        run = fake_run()
        told = [text for estate in range(100) for text in explain_text(run, estate)]
    form = re.compile(r"month (\d+): fee collection.*(fell below|rose above)")
    dated = [(int(found[1]), text) for text in told if (found := form.search(text))]
    assert {month < 12 for month, _ in dated} == {True, False}
    for month, text in dated:
        assert ("fee collection over 12 months" in text) == (month >= 12), text
        assert (f"fee collection of months 1 to {month}" in text) == (1 < month < 12), text
        assert month > 12 or "in the year before" not in text


FROM_MONTH_12 = {"self_sustaining_last_year", "self_sustaining_households_last_year", "on_support_last_year"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_known_from_month_12_says_which_months_of_the_last_year_it_is_of(lang: str) -> None:
    of_two = {"en": "months 12 to 13", "zh": "第12至13月"}[lang]
    of_one = {"en": "month 12", "zh": "第12月"}[lang]
    last_year = {"en": "the last year", "zh": "末年"}[lang]
    with in_language(lang):
        for one in OUTCOMES.values():
            narrower = one.id in FROM_MONTH_12
            assert (of_two in one.of_run(13)) == (of_two in subject(one.id, 13)) == narrower, one.id
            assert (of_one in one.of_run(12)) == (of_one in subject(one.id, 12)) == narrower, one.id
            assert one.of_run(23) == one.name, one.id
        assert {"en": "months 12 to 22", "zh": "第12至22月"}[lang] in OUTCOMES["on_support_last_year"].of_run(
            22
        )
        assert last_year in subject("self_sustaining_last_year", 23)


def test_a_share_that_sustains_itself_is_the_mean_of_the_months_that_its_name_says() -> None:
    run = sim.run("small_city", months=20)
    sustains = run.city["self_sustaining"].to_numpy()
    assert np.isnan(sustains[:12]).all() and len(set(sustains[12:])) > 1
    assert run.outcomes()["self_sustaining_last_year"] == pytest.approx(sustains[12:].mean())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_comparison_of_13_months_says_so_in_table_warning_and_sentence(lang: str) -> None:
    said = {"en": "months 12 to 13", "zh": "第12至13月"}[lang]
    with in_language(lang):
        compared = comparison_of(13)
        assert [line for line in compared.warnings() if said in line]
        rows = [row[1] for one in comparison_part(compared).gains for row in one.rows]
        assert any(said in row for row in rows)
        assert [said in line for line in comparison_of(24).warnings()] == [False] * len(
            comparison_of(24).warnings()
        )
        assert not note_on_months(13, ("collection_last_year", "exits"))
        assert not note_on_months(23, FROM_MONTH_12)
        assert len(note_on_months(13, FROM_MONTH_12)) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_outcome_of_a_year_is_named_by_its_window(lang: str) -> None:
    of_a_year = [one for one in OUTCOMES.values() if one.of_a_year]
    assert {"collection_last_year", "worst_decile_satisfaction", "break_even_end"} <= {
        one.id for one in of_a_year
    }
    assert not {"exits", "cycle_share", "nominal_end"} & {one.id for one in of_a_year}
    assert all(one.of_a_year for one in OUTCOMES.values() if one.id.endswith("_last_year"))
    with in_language(lang):
        for one in of_a_year:
            assert WINDOWS[lang] in subject(one.id, 6) and not A_YEAR[lang].search(subject(one.id, 6)), one.id
            assert WINDOWS[lang] in one.of_run(6) and (
                one.of_run(12) == one.name or one.id in FROM_MONTH_12
            ), one.id
            assert WINDOWS[lang] not in subject(one.id, 12)
        assert OUTCOMES["exits"].of_run(6) == OUTCOMES["exits"].name
        assert SERIES["quality"].of_run(6) == SERIES["quality"].name


def texts_of(tables: tuple[Table, ...]) -> str:
    """Captions, heads and notes of tables, and the names of their rows."""
    return "\n".join(
        "\n".join((one.caption, *one.columns, one.note, *(row[0] for row in one.rows))) for one in tables
    )


def unclaimed(text: str) -> list[str]:
    """The lines of a text that claim a year and do not take it back."""
    return [
        line
        for line in text.split("\n")
        if A_YEAR["en"].search(line) and "here of months 1 to 6 only" not in line
    ]


def test_the_reports_of_short_runs_claim_no_year() -> None:
    with in_language("en"):
        run, compared = run_part(run_of(6)), comparison_part(comparison_of(6))
        for part in (run, compared):
            told = "\n".join((part.question, *part.finding, *(one.alt for one in part.pictures)))
            assert not unclaimed(told) and "months 1 to 6" in told
            assert not unclaimed(texts_of((*part.programmes, *part.gains)))
        assert "in the cycle throughout months 1 to 6 of the baseline" in texts_of(compared.gains)
        longer = texts_of(comparison_part(comparison_of(12)).gains)
        assert "in the cycle throughout the last year of the baseline" in longer
        note = [
            text.get_text()
            for text in comparison_chart.rescues(comparison_of(6)).figure.findobj(match=_is_text)
        ]
        assert any("throughout months 1 to 6" in text for text in note)
        changes = {one.column: one for one in key_changes(run_of(6))}
        assert label_of("break_even", 6).endswith("here of months 1 to 6 only")
        assert changes["break_even"].start != changes["break_even"].start  # none


def _is_text(artist: object) -> bool:
    from matplotlib.text import Text

    return isinstance(artist, Text)


def test_the_index_page_of_a_batch_says_of_which_months_its_figures_are() -> None:
    with in_language("en"):
        short = Read(index_page([done("a", [0.5], months=6)], "hash")).text
        mixed = Read(index_page([done("a", [0.5], months=6), done("b", [0.5], months=24)], "hash")).text
        long = Read(index_page([done("b", [0.5], months=24)], "hash")).text
    label = "owner satisfaction, last year"
    assert f"{label}; here of months 1 to 6 only" in short
    assert f"{label}; here" not in mixed and "is of months 1 to 6 only, and has no value before" in mixed
    assert label in long and "months 1 to 6" not in long


def test_a_table_by_year_says_where_its_last_year_is_part_of_one() -> None:
    with in_language("en"):
        assert cost_table(run_of(6).public_cost, 6).note.startswith("Year 1 has 6 months only.")
        assert cost_table(run_of(13).public_cost, 13).note.startswith("Year 2 has 1 month only.")
        assert cost_table(run_of(12).public_cost, 12).note.startswith("Years and tiers")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_titles_of_panels_of_a_short_comparison_stay_within_the_picture(lang: str) -> None:
    with in_language(lang):
        host = comparison_chart.differences(comparison_of(6))
    picture = host.figure
    picture.canvas.draw()
    edge = picture.bbox.x1
    for panel in host.child_axes:
        assert panel._left_title.get_window_extent().x1 < edge, panel.get_title(loc="left")


def test_a_range_of_one_month_is_a_bar_and_its_dot_is_whole() -> None:
    with in_language("en"):
        panels = [
            *comparison_chart.differences(comparison_of(6)).child_axes,
            *cycle(run_of(6)).axes[0].child_axes,
        ]
    lone = [(panel, line) for panel in panels for line in panel.lines if line.get_marker() == "o"]
    assert len({id(panel) for panel, _ in lone}) == 2  # collection, in each of the two charts
    for panel, line in lone:
        assert not line.get_clip_on()
        bars = [one for one in panel.collections if str(one.get_label()).startswith("_bar")]
        assert bars and all(one.get_linewidth()[0] > 3 and not one.get_clip_on() for one in bars)
        known = np.asarray(line.get_ydata())[-1]
        low, high = (end(bar.get_segments()[-1][:, 1]) for bar in bars[:1] for end in (min, max))
        assert low <= known <= high or line.get_label() == "billing"
