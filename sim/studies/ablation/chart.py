"""The matrix of loops and mechanisms taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from sim.experiments.intervals import CONSTANT
from sim.outputs import style
from sim.outputs.range_words import small_print
from sim.studies.ablation.ablate import CITY
from sim.studies.ablation.words import LOOPS, group_name
from sim.text import figures, language, say

if TYPE_CHECKING:
    from sim.studies.ablation.ablate import Ablation


@style.styled
def ablation_matrix(ablation: Ablation, group: str = CITY, ax: Axes | None = None) -> Axes:
    """Change of the cycle share without each loop or mechanism (diagonal) and without each two (below it),
    written in and coloured."""
    ax = style.canvas(ax, (10, 6.2), (0.14, 0.09, 0.70, 0.72))
    style.tidy(ax).grid(False)
    base = 100 * float(ablation.base[group].mean())
    titled = (
        ablation.scenario.title.in_language(language()),
        group_name(ablation, group),
        say("ablation.all_on", base=figures.share(base / 100, 0)),
    )
    style.heading(
        ax,
        say("chart.ablation_matrix"),
        "\n".join(
            (
                " · ".join(titled),
                say("ablation.matrix_note", seeds=len(ablation.seeds)),
                small_print(ablation.range(ablation.arms[0].off, group)),
            )
        ),
    )
    switches = ablation.switches
    known = {one.off for one in ablation.arms}
    matrix = np.full((len(switches), len(switches)), np.nan)
    for row, first in enumerate(switches):
        for column, second in enumerate(switches[: row + 1]):
            off = (first,) if row == column else (second, first)
            if off in known:
                matrix[row, column] = 100 * ablation.arm(*off).mean(group)
    reach = max(float(np.nanmax(np.abs(matrix))), 1e-9)
    image = ax.imshow(matrix, cmap="PuOr", vmin=-reach, vmax=reach, aspect="auto")
    for row, column in zip(*np.nonzero(np.isfinite(matrix)), strict=True):
        off = (switches[row],) if row == column else (switches[column], switches[row])
        interval = ablation.interval(off, group)
        # every pair moved by the same: nothing that could turn out otherwise
        same = interval.note == CONSTANT
        sure = interval.excludes_zero or (same and bool(ablation.arm(*off).change[group].any()))
        dark = abs(matrix[row, column]) > 0.65 * reach
        ax.text(
            column,
            row - 0.09,
            figures.signed(matrix[row, column], 1),
            ha="center",
            va="center",
            fontsize=12 if sure else 10,
            color="white" if dark else style.BLACK if sure else style.GREY,
        )
        held = ablation.range(off, group)
        ax.text(
            column,
            row + 0.21,
            " … ".join(figures.signed(100 * end, 1) for end in (held.low, held.high)) if held.exists else "",
            ha="center",
            va="center",
            fontsize=style.SMALL,
            color="white" if dark else style.BLACK if abs(matrix[row, column]) > 0.4 * reach else style.GREY,
        )
    names = [LOOPS[name] for name in switches]
    ax.set_xticks(range(len(switches)), names)
    ax.set_yticks(range(len(switches)), names)
    ax.spines[:].set_visible(False)
    bar = style.owner(ax).colorbar(image, cax=ax.inset_axes((1.04, 0, 0.035, 1)))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.0f}"))
    bar.ax.tick_params(labelfontfamily=style.font_family())
    bar.outline.set_visible(False)
    return ax
