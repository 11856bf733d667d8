"""Where the runs of an experiment are carried out and over what: all that every experiment is told alike, as one object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, as_ensemble
from sim.experiments.intervals import LEVEL
from sim.results.engines import DEFAULT_TIMEOUT, Engine
from sim.results.store import Store, open_store
from sim.text import language, message

if TYPE_CHECKING:
    from sim.experiments.progress import Report


class Keywords(TypedDict, total=False):
    """The fields of a Workplace as keyword arguments of an experiment; None is as if it were not given."""

    engine: Engine | None
    store: Store | Path | str | None
    timeout: float | None
    progress: Report | bool | None
    ensemble: Ensemble | str | Path | None
    level: float | None


@dataclass(frozen=True)
class Workplace:
    """Where and how the runs of an experiment are carried out, over which parameters, and how sure its intervals are.

    engine: what carries out the runs; default a pool of worker processes, one for each core that there is memory for.
    store: where runs are kept and looked for, itself or its folder; default the common store (see `open_store`).
    timeout: longest time for one run, seconds; default that of the study where there is one, else DEFAULT_TIMEOUT.
    progress: a function that is told how far a series of runs is (see `progress_bar`); True for a bar, False for none.
    ensemble: itself, its name or its CSV file: replication r has its member r, so that ranges contain the uncertainty of
    parameters too; what a scenario sets itself stays. level: of intervals, between 0 and 1; default LEVEL.

    Raises StudyError for another level. Every experiment takes a `workplace`, and these fields as keywords, which win over it;
    one that has no use for a field refuses it.
    """

    engine: Engine | None = None
    store: Store | Path | str | None = None
    timeout: float | None = None
    progress: Report | bool | None = None
    ensemble: Ensemble | str | Path | None = None
    level: float | None = None

    def __post_init__(self) -> None:
        if self.level is not None and not 0 < self.level < 1:
            allowed = message("allowed.level")
            raise StudyError(
                message("problem.instead", place="level", found=f"{self.level:g}", allowed=allowed)
            )

    @property
    def interval_level(self) -> float:
        """The level of intervals."""
        return LEVEL if self.level is None else self.level

    @property
    def seconds(self) -> float:
        """The longest time for one run."""
        return DEFAULT_TIMEOUT if self.timeout is None else self.timeout

    def members(self) -> Ensemble | None:
        """The ensemble, read from its file if only that is known; None for none. StudyError where it cannot be read."""
        return as_ensemble(self.ensemble)

    def open_store(self) -> Store:
        """The store, opened if only its folder is known."""
        return self.store if isinstance(self.store, Store) else open_store(self.store)

    def opened(self) -> Workplace:
        """The same with its store open, so that an experiment of several series opens it once."""
        return replace(self, store=self.open_store())

    @contextmanager
    def shown(self, lang: str | None = None) -> Iterator[Report | None]:
        """What is told how far a series of runs is: the function, a bar while this lasts (in the language given), or None."""
        if self.progress is not True:
            yield self.progress or None
            return
        from sim.experiments.progress import progress_bar

        with progress_bar(lang or language()) as report:
            yield report


NAMES = tuple(field.name for field in fields(Workplace))


def workplace_of(
    experiment: str, workplace: Workplace | None, at: Keywords, unused: Sequence[str] = ()
) -> Workplace:
    """The workplace of an experiment that was given one, keywords, both or neither.

    `unused`: fields that the experiment has no use for. StudyError where one of them is given: passed over in silence, it
    would leave a reader with another number than was asked for. TypeError for a keyword that there is not.
    """
    for name in at:
        if name not in NAMES:
            raise TypeError(f"{experiment}() got an unexpected keyword argument {name!r}")
    given = {name: value for name, value in at.items() if value is not None}
    place = replace(workplace or Workplace(), **given)  # type: ignore[arg-type]  # the values of Keywords, by name
    for name in unused:
        found = getattr(place, name)
        if found is not None:
            where = f"{experiment}: {name}"
            allowed = message("workplace.unused")
            raise StudyError(message("problem.instead", place=where, found=_told(found), allowed=allowed))
    return place


def _told(value: object) -> str:
    """A field as an error says it."""
    if isinstance(value, Ensemble):
        return value.name
    return str(value.folder if isinstance(value, Store) else value)
