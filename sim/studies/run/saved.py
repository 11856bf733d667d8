"""What `estate explain` and `estate animate` make of a saved run: the told life of one estate, and a film of all of them."""

from __future__ import annotations

from pathlib import Path

from sim.cli.terminal import console, month_bar
from sim.errors import ResultError
from sim.outputs.charts import save_figure
from sim.results import load_run
from sim.studies.run.animation import animate, ffmpeg
from sim.studies.run.explain import explain_text
from sim.studies.run.life import estate_life, estate_life_alt
from sim.text import language, message, say


def tell_life(folder: Path, estate: int, out: Path | None) -> None:
    """Print the told life of an estate and save its chart; ResultError if there is no such run or estate."""
    run = load_run(folder)
    lines = explain_text(run, estate)
    screen = console()
    screen.print(say("draw.one", seed=run.seed), style="bold", markup=False)
    for line in lines:
        screen.print(line, markup=False, soft_wrap=True)
    target = out or folder / "charts"
    try:
        target.mkdir(parents=True, exist_ok=True)
        figure, alt = estate_life(run, estate), estate_life_alt(run, estate)
        files = save_figure(figure, target / f"estate-{estate}", ("png",), lines[0], alt)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResultError(message("run.chart_unwritten", folder=target, error=reason)) from None
    screen.print()
    screen.print(say("run.life_chart", file=files[0]), soft_wrap=True, markup=False)


def write_film(folder: Path, out: Path | None, group: str, speed: float) -> None:
    """Write the animation of the run in a folder; ResultError if there is no such run or it cannot be written."""
    run, screen = load_run(folder), console()
    file = out or folder / ("map.mp4" if ffmpeg() is not None else "map.gif")
    try:
        with month_bar(screen, language()) as advance:
            animate(run, file, group=group, frames_per_second=speed, progress=advance)
    except OSError as error:
        raise ResultError(message("run.unwritable", file=file, error=error.strerror or error)) from None
    screen.print(
        say("run.film", file=file, size=f"{file.stat().st_size / 1e6:.2f} MB"),
        soft_wrap=True,
        markup=False,
    )
