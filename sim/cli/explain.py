"""`estate explain`: the life of one estate of a saved run, in words and as a chart."""

from __future__ import annotations

from pathlib import Path

from sim.cli.terminal import console
from sim.cli.words import say
from sim.errors import ResultError
from sim.results import load_run
from sim.text import message


def tell_life(folder: Path, estate: int, out: Path | None, lang: str) -> None:
    """Print the told life of an estate and save its chart; ResultError if there is no such run or estate."""
    from sim.outputs import estate_life, estate_life_alt, explain_text, save_figure

    run = load_run(folder)
    lines = explain_text(run, estate, lang)
    screen = console()
    screen.print(message("draw.one", seed=run.seed).in_language(lang), style="bold", markup=False)
    for line in lines:
        screen.print(line, markup=False, soft_wrap=True)
    target = out or folder / "charts"
    try:
        target.mkdir(parents=True, exist_ok=True)
        figure = estate_life(run, estate, lang)
        files = save_figure(
            figure, target / f"estate-{estate}", ("png",), lines[0], estate_life_alt(run, estate, lang)
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResultError(
            f"{target}: the chart cannot be written ({reason}); name another folder with --out"
        ) from None
    screen.print()
    screen.print(say("life_chart", lang, file=files[0]), soft_wrap=True, markup=False)
