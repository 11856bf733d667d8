"""What was computed, in the one form that every kind of result has: tables, sentences, warnings,
charts, a report, a folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import EstateError
from sim.kinds import Kind, kind_of_result, kinds
from sim.text import in_language, message

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def shown_html(
    title: str, facts: str, sentences: Sequence[str], warnings: Sequence[str], table: pd.DataFrame
) -> str:
    """Title, facts in small print, sentences, warnings in bold and a table, as
    HTML; every text is escaped."""
    told = "".join(f"<p>{escape(line)}</p>" for line in sentences) + "".join(
        f"<p><b>{escape(line)}</b></p>" for line in warnings
    )
    rows = table.to_html(index=False, border=0, na_rep="–", float_format=lambda value: f"{value:,.4g}")
    return f"<div><strong>{escape(title)}</strong><br><small>{escape(facts)}</small>{told}{rows}</div>"


class Result(ABC):
    """A result; how it is said, drawn and reported stands in the folder of its kind (`sim.kinds`).

    `lang` is a language that has a catalog, None for the current one.
    """

    @property
    def kind(self) -> Kind:
        """What kind of result this is."""
        kind = kind_of_result(self)
        if kind is None:
            raise TypeError(f"{type(self).__name__} is of no kind that `sim.studies` registers")
        return kind

    @property
    @abstractmethod
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""

    @abstractmethod
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, with its units in `attrs["units"]`."""

    @abstractmethod
    def save(self, folder: Path | str) -> Path:
        """Write it into a folder that `sim.load_result` reads; returns the folder. ResultError if
        another result is there."""

    def sentences(self, lang: str | None = None) -> list[str]:
        """What was found, in words."""
        with in_language(lang):
            return list(self.kind.get(self.kind.sentences)(self))

    def warnings(self, lang: str | None = None) -> list[str]:
        """What a reader must know before trusting it."""
        with in_language(lang):
            return list(self.kind.get(self.kind.warnings)(self)) if self.kind.warnings else []

    def report(self, lang: str | None = None) -> Any:
        """Its section of a report (`sim.outputs.report.model.Part`). EstateError for a kind
        of result that has none."""
        if not self.kind.report:
            allowed = ", ".join(name for name, kind in kinds().items() if kind.report)
            raise EstateError(message("result.error.no_report", kind=self.kind.id, allowed=allowed))
        with in_language(lang):
            return self.kind.get(self.kind.report)(self)

    def _repr_html_(self) -> str:
        title, facts, table = self.kind.get(self.kind.shown)(self)
        return shown_html(title, facts, self.sentences(), self.warnings(), table)

    @property
    def charts(self) -> tuple[str, ...]:
        """Names of the charts that can be drawn of it."""
        return tuple(self.kind.charts)

    def plot(self, name: str = "", lang: str | None = None, **options: Any) -> Figure:
        """One of its charts as a Figure, the first one unless named; `options` as the chart takes them.

        EstateError for a name that is none of `charts`.
        """
        from matplotlib.figure import Figure

        chosen = next(iter(self.charts), "") if name == "" else name
        if not isinstance(chosen, str) or chosen not in self.charts:
            raise EstateError(
                message(
                    "problem.instead",
                    place="chart",
                    found=repr(name),
                    allowed=", ".join(self.charts) or message("allowed.none"),
                )
            )
        with in_language(lang):
            drawn = self.kind.get(self.kind.charts[chosen].draw)(self, **options)
        return drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
