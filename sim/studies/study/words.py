"""A study in sentences: the combinations of factors where an outcome is lowest and highest,
with what is known of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.ensemble import doubt_line
from sim.outputs.catalog import capital, parameter_name, subject
from sim.outputs.range_words import written_mean
from sim.results.outcomes import note_on_months
from sim.studies.study.study import KEYS
from sim.text import figures, language, say
from sim.text.joins import listed

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.study.study import Studied

NAMED = 4  # factors of a point in a sentence
SHOWN = 20  # runs in a notebook


def finished_runs(studied: Studied) -> pd.DataFrame:
    """The finished runs of a study, one row each, with its factors and outcomes."""
    table = studied.table(studied.study.outcomes)
    return table[table["status"] == "done"]


def factors_of(studied: Studied) -> list[str]:
    """Keys of what varies between the points of a study, those that take one value only left out."""
    table = finished_runs(studied)
    return [
        key
        for key in table.columns
        if key not in (*KEYS, *studied.study.outcomes) and table[key].nunique() > 1
    ]


def months_of(studied: Studied) -> int:
    """How many months its runs have, the shortest of them where a factor makes some shorter."""
    return min(one.months for one in studied.scenarios.values())


def sentences_of(studied: Studied) -> list[str]:
    """For every outcome, the combinations of factors with the lowest and the
    highest mean, and their intervals."""
    runs, keys, lines = finished_runs(studied), factors_of(studied), []
    for outcome in studied.study.outcomes:
        name, groups = capital(subject(outcome, months_of(studied))), runs.groupby("point")[outcome]
        means = groups.mean().dropna()
        if not keys or len(means) < 2 or means.min() == means.max():
            mean = written_mean(outcome, runs[outcome].tolist())
            lines.append(say("study.one", outcome=name, mean=mean))
            continue
        low, high = means.idxmin(), means.idxmax()
        lines.append(
            say(
                "study.ends",
                outcome=name,
                low=written_mean(outcome, groups.get_group(low).tolist()),
                high=written_mean(outcome, groups.get_group(high).tolist()),
                low_at=_point(runs, low, keys),
                high_at=_point(runs, high, keys),
            )
        )
    return lines


def _point(runs: pd.DataFrame, point: int, keys: list[str]) -> str:
    row = runs[runs["point"] == point].iloc[0]
    return point_name(row, keys[:NAMED]) + (" …" if len(keys) > NAMED else "")


def point_name(row: pd.Series, keys: list[str], digits: int = 3) -> str:
    """A combination of factors in words: what each is called, and its value."""
    return listed(
        f"{parameter_name(key)} = {row[key] if isinstance(row[key], str) else format(row[key], f'.{digits}g')}"
        for key in keys
    )


def warnings_of(studied: Studied) -> list[str]:
    """Which months of short runs figures are of, what ranges contain, and how many runs are missing."""
    missing = [say("study.missing_runs", number=studied.missing)] if studied.missing else []
    missing += one_draw_each(studied)
    short = note_on_months(months_of(studied), studied.study.outcomes)
    return [*short, doubt_line(studied.ensemble), *missing]


def one_draw_each(studied: Studied) -> list[str]:
    """That every figure is of one run, with its seed, where each point was run once; else nothing."""
    if studied.study.replications > 1:
        return []
    seeds = sorted(finished_runs(studied)["seed"].unique())
    if len(seeds) > 1:
        return [say("study.own_draws", first=int(seeds[0]), last=int(seeds[-1]))]
    return [say("study.one_draw", draw=say("draw.one", seed=int(seed))) for seed in seeds]


def alt(studied: Studied, outcome: str = "") -> str:
    """What the chart of a study shows, in words."""
    place = studied.study.outcomes.index(outcome) if outcome else 0
    return sentences_of(studied)[place]


def shown(studied: Studied) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say(
        "study.facts",
        done=figures.count(len(studied) - studied.missing),
        runs=figures.count(len(studied)),
        replications=studied.study.replications,
        question=studied.study.question.in_language(language()),
    )
    return (
        studied.study.title.in_language(language()),
        facts,
        studied.table(studied.study.outcomes).head(SHOWN),
    )
