"""The work of `estate validate`: run the patterns, print the score card, write it down and draw it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from sim.cli.analysis import write_results
from sim.cli.terminal import console, table
from sim.cli.workplace_options import WorkplaceOptions, warn_of
from sim.evidence.patterns import USES, load_patterns
from sim.experiments.ensemble import as_ensemble, doubt_line
from sim.results.folder import check_place
from sim.studies.score_card import words
from sim.studies.score_card.score_card import KIND, Score, ScoreCard, effect, validate
from sim.text import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

RESULTS = Path("results") / "validation"
STYLES = {"breaks": "bold red", "mends": "green"}


class Order(NamedTuple):
    """What was asked for on the command line."""

    file: Path | None
    replications: int
    seed: int
    ablate: bool
    out: Path | None
    workplace_options: WorkplaceOptions
    charts: bool
    lang: str


def carry_out(order: Order) -> None:
    """Validate, print, write. A miss is a finding and no error: the exit code stays 0."""
    screen = console()
    patterns, _ = load_patterns(order.file)
    ensemble = as_ensemble(order.workplace_options.ensemble)
    if order.out is not None:
        check_place(order.out, KIND)
    warn_of(screen, ensemble)
    with order.workplace_options.opened(screen) as workplace:
        card = validate(
            patterns,
            replications=order.replications,
            first_seed=order.seed,
            ablate=order.ablate,
            workplace=replace(workplace, ensemble=ensemble),
        )
    show(screen, card)
    names = [order.file.stem if order.file else "patterns", *([ensemble.name] if ensemble else [])]
    folder = order.out or RESULTS / "-".join([*names, card.key[:8]])
    write_results(folder, KIND, card.key, lambda part: _write(card, part, order))
    screen.print(say("score_card.written", folder=folder), soft_wrap=True)


def _write(card: ScoreCard, part: Path, order: Order) -> None:
    card.save(part)
    if order.charts:
        from sim.studies.score_card.chart import save_score_card

        save_score_card(card, part)


def show(screen: Console, card: ScoreCard) -> None:
    """Print the score card: by use and class, what is not measurable yet, and the
    ablation table if there is one."""
    screen.print(words.title_of(card), style="bold")
    screen.print(doubt_line(card.ensemble_facts), style="dim")
    for use in USES:
        scores = card.of_use(use)
        if scores:
            screen.print()
            screen.print(_card(words.use_title(card, use), card, scores))
            if words.uses_by_kind(use):
                screen.print(words.by_kind(card, use), style="dim")
    if not all(score.sure for score in card.counted):
        screen.print(say("score_card.unsure_note"), style="dim")
    if card.not_measurable:
        screen.print()
        needed = table(words.needed_title(card), *words.needed_heads())
        for score in card.not_measurable:
            needed.add_row(*words.needed_row(score.pattern))
        screen.print(needed)
    if card.loops is not None:
        screen.print()
        screen.print(_ablation(card))


def _card(title: str, card: ScoreCard, scores: tuple[Score, ...]) -> Table:
    score_table = table(title, *words.heads_of(card))
    for score in scores:
        score_table.add_row(*words.row_of(score), style="" if score.passed else "red")
    return score_table


def _ablation(card: ScoreCard) -> Table:
    assert card.loops is not None
    loop_table = table(say("score_card.ablation_title"), *words.loop_heads(card))
    for number, on in enumerate(card.scores):
        if not on.pattern.measurable:
            continue
        cells: list[str | Text] = []
        for scores in card.loops.scores.values():
            what, off = effect(on, scores[number]), scores[number]
            style, text = STYLES.get(what, ""), words.amount(off.mean, on.pattern.told_unit)
            told = f"{text} {words.EFFECT_WORDS[what]}{words.unsure_without(on, off)}"
            cells.append(Text(told, style) if style else text)
        loop_table.add_row(words.title_of_pattern(on.pattern), words.all_on(on), *cells)
    loop_table.caption, loop_table.caption_justify = say("score_card.ablation_note"), "left"
    return loop_table
