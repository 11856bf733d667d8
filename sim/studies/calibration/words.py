"""A calibration in words: what was made, what was learned of which parameter, and
how far that may be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.patterns import CALIBRATION, HELD_OUT
from sim.outputs.catalog import parameter_name
from sim.studies.calibration.calibration import FEW_DRAWS, LEAST_FORESEEN, UNMOVED
from sim.studies.calibration.design import OUTCOME_NAME
from sim.studies.calibration.fit import EMULATOR, NO_CHANGE, NO_VALUE
from sim.text import Family, figures, language, say
from sim.text.joins import listed

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.calibration.calibration import Calibration

NAMED = 3
CLEARLY = 0.2  # narrowing from which a parameter counts as learned about
SILENT_WORDS = Family("silent", (NO_VALUE, NO_CHANGE))


def shown(found: Calibration) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say(
        "calibration.facts",
        method=found.settings.method,
        runs=figures.count(found.runs),
        members=len(found.ensemble.members),
    )
    return say("calibration.title", name=found.settings.name), facts, found.parameters


def _titles(found: Calibration, names: list[str]) -> str:
    titles = [one.title.in_language(language()) for one in found.patterns if one.name in names]
    return listed(titles)


def sentences_of(found: Calibration) -> list[str]:
    """What was made, what was learned of which parameter, how it scores, and what coverage says."""
    table = found.parameters.sort_values("narrower", ascending=False, kind="stable")
    lines = [
        say(
            "calibration.made",
            name=found.settings.name,
            members=len(found.ensemble.members),
            runs=figures.count(found.runs),
            number=len(found.ranges),
            used=len(found.fit.columns),
        )
    ]
    learned = table[table["narrower"] >= CLEARLY].head(NAMED)
    if len(learned):
        named = [
            say(
                "calibration.one",
                name=parameter_name(row.parameter),
                share=figures.share(row.narrower, 0),
            )
            for row in learned.itertuples()
        ]
        lines.append(say("calibration.narrowed", list=listed(named)))
    rest = [
        parameter_name(key)
        for key in table[table["moved"] < UNMOVED / len(found.ensemble.members) ** 0.5]["parameter"]
    ]
    if rest:
        lines.append(say("calibration.unmoved", list=listed(rest)))
    if found.scores is not None:
        counts = found.scores.counts()
        (fit, fit_of), (held, held_of) = counts[CALIBRATION], counts[HELD_OUT]
        lines.append(say("calibration.scored", fit=fit, fit_of=fit_of, held=held, held_of=held_of))
    if found.coverage is not None:
        tried = found.coverage
        lines.append(
            say(
                "calibration.covered",
                truths=tried.truths,
                half=figures.share(tried.pooled(0.5), 0),
                wide=figures.share(tried.pooled(0.9), 0),
                half_out=figures.share(tried.share(OUTCOME_NAME, 0.5)[0], 0),
                wide_out=figures.share(tried.share(OUTCOME_NAME, 0.9)[0], 0),
            )
        )
    return lines


def warnings_of(found: Calibration) -> list[str]:
    """What the posterior does not show, and where the method failed its own tests."""
    lines = []
    if found.out_of_reach:
        lines.append(say("calibration.reach", list=_titles(found, found.out_of_reach)))
    silent = list(found.statistics[found.statistics["silent"] != ""]["pattern"])
    if silent:
        lines.append(say("calibration.silent", list=_titles(found, silent)))
    if found.sample.effective < FEW_DRAWS and found.settings.method == EMULATOR:
        lines.append(say("calibration.few", number=round(found.sample.effective)))
    if found.foreseen is not None and found.foreseen < LEAST_FORESEEN:
        lines.append(say("calibration.foreseen", share=figures.share(found.foreseen, 0)))
    if found.coverage is None:
        return [*lines, say("calibration.untried")]
    tried = found.coverage
    wrong = [name for name in tried.inside if not all(tried.holds(name, level) for level in (0.5, 0.9))]
    if wrong:
        named = [
            say("calibration.outcome") if name == OUTCOME_NAME else parameter_name(name) for name in wrong
        ]
        lines.append(say("calibration.uncovered", list=listed(named)))
    return lines
