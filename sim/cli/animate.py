"""`estate animate`: the map of estates of a saved run as a moving picture, for talks."""

from __future__ import annotations

from pathlib import Path

from sim.cli.terminal import console, month_bar
from sim.errors import ResultError
from sim.results import load_run
from sim.words import Word

WRITTEN = Word("动画：{file}（{size}）", "Animation: {file} ({size})")


def write(folder: Path, out: Path | None, group: str, speed: float, lang: str) -> None:
    """Write the animation of the run in a folder; ResultError if there is no such run or it cannot be written."""
    from sim.outputs.animation import animate, ffmpeg

    run, screen = load_run(folder), console()
    file = out or folder / ("map.mp4" if ffmpeg() is not None else "map.gif")
    try:
        with month_bar(screen, lang) as advance:
            animate(run, file, lang, group, speed, progress=advance)
    except OSError as error:
        raise ResultError(f"{file}: cannot be written ({error.strerror or error})") from None
    screen.print(
        WRITTEN.in_language(lang).format(file=file, size=f"{file.stat().st_size / 1e6:.2f} MB"),
        soft_wrap=True,
        markup=False,
    )
