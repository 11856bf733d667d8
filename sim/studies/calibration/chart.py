"""A calibration as a chart: each free parameter with its range, its posterior and its default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from sim.outputs import style
from sim.outputs.catalog import parameter_name, wrapped
from sim.outputs.plotted import tell
from sim.text import figures, say
from sim.text.joins import clauses

if TYPE_CHECKING:
    from sim.studies.calibration.calibration import Calibration

LEFT, RIGHT = 0.46, 0.86
ROW_INCHES, TOP_INCHES, BOTTOM_INCHES = 0.4, 0.95, 0.25


@style.styled
def posterior_chart(calibration: Calibration, ax: Axes | None = None) -> Axes:
    """One row a parameter, the one narrowed most first: its range, its posterior, its default."""
    table = calibration.parameters.sort_values("narrower", ascending=False, kind="stable")
    height = TOP_INCHES + BOTTOM_INCHES + ROW_INCHES * len(table)
    box = (0, BOTTOM_INCHES / height, 1, ROW_INCHES * len(table) / height)
    ax = style.canvas(ax, (style.WIDTH, height), box)
    runs = figures.count(calibration.runs)
    style.heading(
        ax,
        say(
            "calibration.found",
            all=len(table),
            half=int((table["narrower"] > 0.5).sum()),
            name=parameter_name(str(table["parameter"].iloc[0])),
            share=figures.share(float(table["narrower"].iloc[0]), 0),
        ),
        say("chart.posterior")
        + "\n"
        + say("calibration.subtitle", name=calibration.settings.name, runs=runs),
    )
    ax.set_xlim(0, 1)
    ax.set_ylim(len(table), 0)
    ax.axis("off")
    tell(ax, table)
    for place, row in enumerate(table.itertuples()):
        at = place + 0.5

        def across(value: float, row: object = row) -> float:
            low, high = row.low, row.high  # type: ignore[attr-defined]
            share = min(max((value - low) / (high - low), 0.0), 1.0)
            return float(LEFT + (RIGHT - LEFT) * share)

        ax.text(0.02, at, wrapped(parameter_name(row.parameter), 44), va="center", fontsize=style.SMALL)
        ax.plot([LEFT, RIGHT], [at, at], color=style.PALE, linewidth=9, solid_capstyle="butt", zorder=0)
        ax.plot([across(row.p5), across(row.p95)], [at, at], color=style.BLUE, linewidth=1.4, zorder=2)
        ax.plot(
            [across(row.p25), across(row.p75)],
            [at, at],
            color=style.BLUE,
            linewidth=5,
            solid_capstyle="butt",
            zorder=3,
        )
        ax.plot(
            [across(row.p50)],
            [at],
            marker="o",
            color=style.BLUE,
            markeredgecolor="white",
            markersize=7,
            zorder=4,
        )
        ax.plot(
            [across(row.default)],
            [at],
            marker="|",
            color=style.VERMILLION,
            markersize=13,
            markeredgewidth=1.6,
            zorder=5,
        )
        for x, end, side in ((LEFT - 0.006, row.low, "right"), (RIGHT + 0.006, row.high, "left")):
            ax.text(x, at, f"{end:.3g}", ha=side, va="center", fontsize=style.SMALL, color=style.GREY)
        ax.text(0.93, at, figures.share(row.narrower, 0), va="center", fontsize=style.SMALL, color=style.GREY)
    return ax


def alt_of(calibration: Calibration) -> str:
    """How far each parameter was narrowed, for readers who cannot see the chart."""
    return clauses(
        say(
            "calibration.chart_one",
            name=parameter_name(row.parameter),
            share=figures.share(row.narrower, 0),
        )
        for row in calibration.parameters.itertuples()
    )


def save_posterior_chart(calibration: Calibration, members: Path) -> Path:
    """Draw the posterior beside the ensemble's CSV file, as NAME.png, with the language before the ending
    (NAME.LANG.png) where it is not the default one; returns the file.
    """
    path = members.with_name(style.file_name(members.stem))
    figure = style.owner(posterior_chart(calibration))
    style.write(figure, path.with_name(f"{members.stem}.chart.csv"), "", "")  # NAME.csv has the members
    return style.write(figure, path, say("chart.posterior"), alt_of(calibration))
