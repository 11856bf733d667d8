"""Loops taken away, one by one and in pairs, as a matrix; loops and mechanisms one by one, a row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from sim.experiments.intervals import CONSTANT
from sim.outputs import style
from sim.outputs.catalog import wrapped
from sim.outputs.range_words import small_print, thin_line
from sim.studies.ablation.ablate import CITY
from sim.studies.ablation.words import LOOPS, group_name
from sim.text import figures, language, say

if TYPE_CHECKING:
    from sim.studies.ablation.ablate import Ablation


SURE, UNSURE = 14, style.SMALL  # points of a mean: beyond doubt, and not


@style.styled
def ablation_matrix(ablation: Ablation, group: str = CITY, ax: Axes | None = None) -> Axes:
    """Change of the cycle share without each loop (on the diagonal) and without two of them (below it),
    written in and coloured."""
    ax = style.canvas(ax, (10, 7.6), (0.14, 0.09, 0.70, 0.66))
    style.tidy(ax).grid(False)
    known = {one.off for one in ablation.arms}
    pairs = any(len(off) == 2 for off in known)
    note = say(
        "ablation.matrix_note" if pairs else "ablation.diagonal_note",
        seeds=len(ablation.seeds),
        level=figures.level(ablation.level),
    )
    small = small_print(ablation.range(ablation.arms[0].off, group))
    switches = ablation.loops
    found = _found(ablation, group, switches)
    style.heading(ax, found, "\n".join((*_about(ablation, group), note, small)))
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
        interval, held = ablation.interval(off, group), ablation.range(off, group)
        sure = _is_sure(ablation, off, group)
        colour = "white" if abs(matrix[row, column]) > 0.65 * reach else style.BLACK if sure else style.GREY
        bounds = " … ".join(figures.signed(100 * end, 1) for end in (interval.low, interval.high))
        ends = " … ".join(figures.signed(100 * end, 1) for end in (held.low, held.high))
        for up, words, size in (
            (-0.24, figures.signed(matrix[row, column], 1), SURE if sure else UNSURE),
            (0.05, f"[{bounds}]" if interval.exists else "", style.SMALL),
            (0.3, ends if held.exists else "", style.SMALL),
        ):
            ax.text(column, row + up, words, ha="center", va="center", fontsize=size, color=colour)
    names = [LOOPS[name] for name in switches]
    ax.set_xticks(range(len(switches)), [wrapped(name, 16) for name in names])
    ax.set_yticks(range(len(switches)), [wrapped(name, 20) for name in names])
    ax.spines[:].set_visible(False)
    if not (shown := np.nan_to_num(matrix)).any():
        return ax  # nothing changes anything: there is no scale of colours
    bar = style.owner(ax).colorbar(image, cax=ax.inset_axes((1.04, 0, 0.035, 1)))
    bar.ax.set_ylim(float(shown.min()), float(shown.max()))  # what there is, and not the other half
    bar.ax.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    bar.ax.tick_params(labelfontfamily=style.font_family())
    bar.outline.set_visible(False)
    return ax


@style.styled
def ablation_rows(ablation: Ablation, group: str = CITY, ax: Axes | None = None) -> Axes:
    """Change of the cycle share without each loop or mechanism alone, a row each with interval and range, the
    one that lowers it most first."""
    alone = sorted(ablation.switches, key=lambda name: ablation.arm(name).mean(group))
    height = 2.6 + 0.38 * len(alone)
    ax = style.tidy(style.canvas(ax, (10, height), (0.3, 0.75 / height, 0.6, 0.38 * len(alone) / height)))
    note = say(
        "ablation.alone_note",
        seeds=len(ablation.seeds),
        level=figures.level(ablation.level),
        range=thin_line(ablation.range((alone[0],), group)),
    )
    found = _found(ablation, group, ablation.switches)
    style.heading(ax, found, "\n".join((*_about(ablation, group), note)))
    ax.axvline(0, color=style.GREY, linewidth=0.9)
    for row, name in enumerate(alone):
        sure = _is_sure(ablation, (name,), group)
        colour = style.BLUE if sure else style.GREY
        for ends, width in ((ablation.range((name,), group), 1.0), (ablation.interval((name,), group), 4.0)):
            if ends.exists:
                ax.plot(
                    [100 * ends.low, 100 * ends.high],
                    [-row, -row],
                    color=colour,
                    linewidth=width,
                    solid_capstyle="butt",
                    label=f"_{'range' if width < 2 else 'interval'} {name}",
                )
        mean = 100 * ablation.arm(name).mean(group)
        ax.plot([mean], [-row], "o" if sure else "x", color=colour, markersize=7, label=name)
        ax.text(
            1.02, -row, figures.signed(mean, 1), transform=ax.get_yaxis_transform(), va="center", color=colour
        )
    ax.set_yticks(-np.arange(len(alone)), [wrapped(LOOPS[name], 38) for name in alone])
    ax.set_ylim(-len(alone) + 0.4, 0.6)
    ax.set_xlabel(say("ablation.change_axis"))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    return ax


def _about(ablation: Ablation, group: str) -> tuple[str, str]:
    """What is shown, and of which scenario and estates."""
    base = float(ablation.base[group].mean())
    of_what = (
        ablation.scenario.title.in_language(language()),
        group_name(ablation, group),
        say("ablation.all_on", base=figures.share(base, 0)),
    )
    return say("chart.ablation_matrix"), " · ".join(of_what)


def _is_sure(ablation: Ablation, off: tuple[str, ...], group: str) -> bool:
    """Whether a change is one beyond doubt: its interval excludes zero, or every pair moved by the same, so
    that there is nothing that could turn out otherwise."""
    interval = ablation.interval(off, group)
    same = interval.note == CONSTANT
    return interval.excludes_zero or (same and bool(ablation.arm(*off).change[group].any()))


def _found(ablation: Ablation, group: str, switches: tuple[str, ...]) -> str:
    """Which of these loops and mechanisms, taken away alone, lowers the share in the cycle most."""
    most = min(switches, key=lambda name: ablation.arm(name).mean(group))
    mean, interval = ablation.arm(most).mean(group), ablation.interval((most,), group)
    named: dict[str, Any] = {
        "group": group_name(ablation, group),
        "loop": LOOPS[most],
        "change": figures.signed(100 * mean, 1),
    }
    if mean >= 0 or (interval.exists and not interval.excludes_zero):
        return say("ablation.found_none", group=named["group"])
    if not interval.exists:
        return say("ablation.found_few", **named, runs=len(ablation.seeds))
    low, high = (figures.signed(100 * end, 1) for end in (interval.low, interval.high))
    return say("ablation.found", **named, low=low, high=high, level=figures.level(ablation.level))


def charts_of(ablation: Ablation) -> dict[str, tuple[Callable[..., Axes], str]]:
    """The charts that tell an ablation, by the name of their file, each with its group of estates: the matrix
    of every group, or, where mechanisms were taken away too, the rows of every group and of the city the
    matrix, if there are pairs."""
    draw = ablation_rows if ablation.mechanisms else ablation_matrix
    charts: dict[str, tuple[Callable[..., Axes], str]] = {}
    for group in ablation.groups:
        charts[f"ablation_{group}"] = (draw, group)
        pairs = any(len(one.off) == 2 for one in ablation.arms)
        if group == CITY and ablation.mechanisms and pairs:
            charts["ablation_pairs"] = (ablation_matrix, CITY)
    return charts
