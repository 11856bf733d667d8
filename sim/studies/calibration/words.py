"""A calibration in words: what was made, what was learned of which parameter, and
how far that may be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.patterns import CALIBRATION, HELD_OUT
from sim.outputs.catalog import parameter_name
from sim.studies.calibration.calibration import FEW_DRAWS, LEAST_FORESEEN, UNMOVED
from sim.studies.calibration.design import OUTCOME_NAME
from sim.studies.calibration.fit import EMULATOR, NO_CHANGE, NO_VALUE
from sim.studies.calibration.variants import AS_IT_IS
from sim.text import Family, figures, language, say
from sim.text.joins import listed

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.calibration.calibration import Calibration

NAMED = 3
CLEARLY = 0.2  # narrowing from which a parameter counts as learned about
SILENT_WORDS = Family("silent", (NO_VALUE, NO_CHANGE))


def shown(calibration: Calibration) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say(
        "calibration.facts",
        method=calibration.settings.method,
        runs=figures.count(calibration.runs),
        members=len(calibration.ensemble.members),
    )
    return say("calibration.title", name=calibration.settings.name), facts, calibration.parameters


def _titles(calibration: Calibration, names: list[str]) -> str:
    titles = [one.title.in_language(language()) for one in calibration.patterns if one.name in names]
    return listed(titles)


def _weights(weights: pd.DataFrame) -> list[str]:
    return [
        say(
            "calibration.worth",
            name=say("calibration.as_it_is") if row.variant == AS_IT_IS else row.variant,
            share=figures.share(row.weight, 0),
        )
        for row in weights.itertuples()
    ]


def sentences_of(calibration: Calibration) -> list[str]:
    """What was made, what was learned of which parameter, how it scores, and what coverage says."""
    table = calibration.parameters.sort_values("narrower", ascending=False, kind="stable")
    lines = [
        say(
            "calibration.made",
            name=calibration.settings.name,
            members=len(calibration.ensemble.members),
            runs=figures.count(calibration.runs),
            number=len(calibration.ranges),
            used=len(calibration.fit.columns),
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
        for key in table[table["moved"] < UNMOVED / len(calibration.ensemble.members) ** 0.5]["parameter"]
    ]
    if rest:
        lines.append(say("calibration.unmoved", list=listed(rest)))
    lines.append(say("calibration.centred", number=calibration.centre))
    if calibration.weights is not None:
        lines.append(say("calibration.weighed", list=listed(_weights(calibration.weights))))
    if calibration.scores is not None:
        counts = calibration.scores.counts()
        (fit, fit_of), (held, held_of) = counts[CALIBRATION], counts[HELD_OUT]
        lines.append(say("calibration.scored", fit=fit, fit_of=fit_of, held=held, held_of=held_of))
    if calibration.coverage is not None:
        tried = calibration.coverage
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


def warnings_of(calibration: Calibration) -> list[str]:
    """What the posterior does not show, and where the method failed its own tests."""
    lines = []
    if calibration.out_of_reach:
        lines.append(say("calibration.reach", list=_titles(calibration, calibration.out_of_reach)))
    silent = list(calibration.statistics[calibration.statistics["silent"] != ""]["pattern"])
    if silent:
        lines.append(say("calibration.silent", list=_titles(calibration, silent)))
    if calibration.sample.effective < FEW_DRAWS and calibration.settings.method == EMULATOR:
        lines.append(say("calibration.few", number=round(calibration.sample.effective)))
    if calibration.foreseen is not None and calibration.foreseen < LEAST_FORESEEN:
        lines.append(say("calibration.foreseen", share=figures.share(calibration.foreseen, 0)))
    if calibration.coverage is None:
        return [*lines, say("calibration.untried")]
    tried = calibration.coverage
    wrong = [name for name in tried.inside if not all(tried.holds(name, level) for level in (0.5, 0.9))]
    if wrong:
        named = [
            say("calibration.outcome") if name == OUTCOME_NAME else parameter_name(name) for name in wrong
        ]
        lines.append(say("calibration.uncovered", list=listed(named)))
    return lines
