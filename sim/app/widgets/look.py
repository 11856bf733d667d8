"""The look of every page: large enough for a projector, one column on a phone, the focus always visible."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from nicegui import ui

from sim.app.core.session import Session
from sim.outputs import style as outputs_style
from sim.outputs.report.page import data_address, font_of
from sim.text import languages, message, say
from sim.text.catalog import next_language
from sim.text.joins import CUT

STYLE = """
body { font-family: system-ui, sans-serif; font-size: 17px; color: #111; background: #fff; }
.estate-font body, .estate-font button, .estate-font .q-field, .estate-font .q-btn { font-family: "Estate Sans", system-ui, sans-serif; }
.nicegui-content { padding: 0; }
*:focus-visible { outline: 3px solid #0072B2 !important; outline-offset: 2px; }
.estate-head { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; width: 100%; padding: .5rem 1rem; background: #10324f; color: #fff; }
.estate-head h1 { font-size: 1.25rem; font-weight: 600; margin: 0 auto 0 0; line-height: 1.4; }
.estate-head .q-btn { font-size: 1rem; text-transform: none; min-height: 44px; }
.estate-page { display: grid; grid-template-columns: minmax(20rem, 26rem) minmax(0, 1fr); gap: 1rem; width: 100%; padding: 1rem; align-items: start; }
.estate-side { display: flex; flex-direction: column; gap: .5rem; min-width: 0; }
.estate-main { min-width: 0; display: flex; flex-direction: column; gap: .8rem; width: 100%; }
.estate-view { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); gap: 1rem; align-items: start; }
.estate-charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .6rem; min-width: 0; }
.estate-chart { height: 330px; width: 100%; }
.estate-controls, .estate-pick, .estate-legend { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; margin: .3rem 0; }
.estate-player button { display: inline-flex; align-items: center; justify-content: center; gap: .3rem; min-width: 44px; min-height: 44px; padding: 0 .7rem; border: 1px solid #10324f; border-radius: 6px; background: #fff; color: #10324f; cursor: pointer; }
.estate-player button.estate-big { background: #10324f; color: #fff; min-width: 7rem; font-weight: 600; }
.estate-player button:disabled { opacity: .45; cursor: default; }
.estate-player select, .estate-player input[type=number] { border: 1px solid #888; border-radius: 6px; min-height: 40px; padding: 0 .4rem; background: #fff; }
.estate-number { width: 5.2rem; }
.estate-slider { width: 100%; height: 32px; accent-color: #10324f; }
.estate-now { font-size: 1.4rem; font-weight: 600; }
.estate-player canvas[role] { width: 100%; cursor: pointer; display: block; }
.estate-legend span { display: inline-flex; align-items: center; gap: .35rem; }
.estate-measure { width: 100%; border: 1px solid #ccc; border-radius: 6px; padding: 0 .4rem; }
.estate-measure .q-item { padding: 0 .3rem; min-height: 40px; }
.estate-main .q-table th, .estate-main .q-table td { font-size: 1rem; }
.estate-small { font-size: .9rem; color: #333; }
.estate-status { min-height: 1.8rem; font-weight: 600; }
.estate-story p { margin: .25rem 0; line-height: 1.5; }
.estate-card { border: 1px solid #ccc; border-radius: 8px; padding: 1rem; display: flex; flex-direction: column; gap: .6rem; width: 100%; }
.estate-trap { width: 100%; min-width: 0; }
.estate-trap svg[role=group] { display: block; max-width: 100%; user-select: none; }
.estate-trap svg text { font-family: inherit; pointer-events: none; user-select: none; }
.estate-trap-inputs { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: center; }
.estate-trap-inputs label { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
.estate-trap-inputs input[type=range] { width: 11rem; height: 36px; accent-color: #10324f; }
.estate-trap-inputs input[type=number] { border: 1px solid #888; border-radius: 6px; min-height: 40px; padding: 0 .4rem; background: #fff; }
.estate-trap-inputs button { min-height: 44px; padding: 0 .9rem; border: 1px solid #10324f; border-radius: 6px; background: #fff; color: #10324f; cursor: pointer; }
.estate-trap-inputs button:disabled { opacity: .45; }
.estate-trap-says { font-size: 1.15rem; line-height: 1.6; margin: .3rem 0; min-height: 3.7rem; }
.estate-trap-legend { list-style: none; padding: 0; margin: .3rem 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .95rem; }
.estate-trap-legend li { display: inline-flex; gap: .4rem; align-items: center; }
.estate-handle:focus-visible circle:nth-child(2) { stroke: #0072B2; stroke-width: 6; }
.estate-handle { outline: none !important; }
.estate-narrow { max-width: 44rem; width: 100%; margin: 0 auto; padding: 1rem; display: flex; flex-direction: column; gap: .8rem; }
.estate-game { width: 100%; padding: .8rem 1rem 0; }
.estate-game .estate-page { padding: 1rem 0; }
.estate-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .6rem; margin: .5rem 0; }
.estate-figure { border: 1px solid #ccc; border-radius: 8px; padding: .5rem .8rem; }
.estate-figure-value { font-size: 1.7rem; font-weight: 700; line-height: 1.3; }
.estate-notice { background: #fff3c4; padding: .4rem .8rem; border-radius: 6px; margin: .2rem 0; }
.estate-amount { width: 11rem; flex: none; }
@media (max-width: 1500px) { .estate-view { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 900px) { .estate-page { grid-template-columns: minmax(0, 1fr); padding: .6rem; } .estate-page .estate-main { order: -1; } .estate-game .estate-page .estate-main { order: 0; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
"""
# Asked for only where Chinese is shown, and put on the page only when it is there: a machine that has a
# Chinese font fetches nothing.
FONT = """
window.estateFont ??= new FontFace("Estate Sans", 'local("Noto Sans SC"), local("Noto Sans CJK SC"), local("PingFang SC"), '
  + 'local("Microsoft YaHei"), url(/font.ttf)').load().then(face => {
    document.fonts.add(face);
    document.documentElement.classList.add("estate-font");
    window.dispatchEvent(new Event("estate-font"));
    const fontFamily = "'Estate Sans', sans-serif"; // charts drawn before are drawn, and their letters measured, again
    for (const box of document.querySelectorAll(".estate-chart")) {
      const chart = getElement(+box.id.replace(/\\D/g, ""))?.chart;
      if (chart) chart.setOption({ textStyle: { fontFamily }, title: { textStyle: { fontFamily } }, legend: { textStyle: { fontFamily } } });
    }
  }).catch(() => {});
"""
# The lines of charts differ in colour, dashes and marks.
COLOURS = (outputs_style.BLUE, outputs_style.VERMILLION, outputs_style.GREEN, outputs_style.PURPLE)
DASHES = ("solid", "dashed", [12, 4, 2, 4], "dotted")
SYMBOLS = ("circle", "triangle", "rect", "diamond")
CHART_FONT = "'Estate Sans', system-ui, sans-serif"
PAGES = (
    (message("app.play"), "/"),
    (message("app.compare"), "/compare"),
    (message("app.trap"), "/trap"),
    (message("app.game"), "/game"),
    (message("app.share"), "/share"),
)
WITH_NAMES = (
    "/game",
    "/teacher",
    "/debrief",
)  # pages with names of teams, which may be Chinese on an English page


@cache
def style() -> str:
    """The style sheet of every page, with the letters of the language button for
    machines without a Chinese font."""
    letters = data_address(
        font_of("".join(message("language.name").in_language(name) for name in languages())), "font/woff"
    )
    return (
        STYLE
        + f'@font-face {{ font-family: "Estate Two"; src: url({letters}); }} .estate-language {{ font-family: "Estate Two", "Estate Sans", system-ui, sans-serif; }}'
    )


def head(session: Session, switch: Callable[[], object]) -> None:
    """Title, the pages (each opened with the present setting), and the language switch."""
    ui.run_javascript(f"document.documentElement.lang = {json.dumps(say('language.html'))}")
    if outputs_style.needs_font(say("language.name")) or session.path in WITH_NAMES:
        ui.run_javascript(FONT)
    ui.colors(primary="#0B4A78")
    with ui.element("header").classes("estate-head"):
        with ui.element("h1"):
            ui.label(say("app.title"))
        for name, path in PAGES:
            here = path == session.path
            button = ui.button(str(name), on_click=lambda path=path: ui.navigate.to(session.address(path)))
            button.props("flat no-caps text-color=white" + (" aria-current=page" if here else ""))
            if here:
                button.style("border-bottom: 3px solid #F0E442; border-radius: 0")
        ui.button(message("language.name").in_language(next_language()), on_click=switch).props(
            "outline no-caps text-color=white"
        ).classes("estate-language").mark("language")


def share_in_browser(per_cent: str) -> str:
    """JavaScript that writes a share as the language does; `per_cent` is the JavaScript of its number."""
    before, after = say("figure.share", number=CUT).split(CUT)
    return f"{json.dumps(before)} + {per_cent} + {json.dumps(after)}"


def number_in_browser(value: str, options: str) -> str:
    """JavaScript that writes a number with the marks of the page's language; `value` and
    `options` are JavaScript."""
    return f"({value}).toLocaleString(document.documentElement.lang, {options})"


def columns() -> ui.element:
    """The frame of a page: settings at the side, results beside them (above them on a phone)."""
    return ui.element("main").classes("estate-page")
