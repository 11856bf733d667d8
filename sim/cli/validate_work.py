"""The work of `estate validate`: run the patterns, print the score card, write it down and draw it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.cli.credibility_words import amount, say, span
from sim.cli.folders import write_results
from sim.cli.place import Place, warn_of
from sim.cli.terminal import console, table
from sim.evidence.patterns import CONSISTENCY, KIND_WORDS, SIGN_WORDS, USE_WORDS, USES, Pattern, load_patterns
from sim.evidence.score_card import KIND, Score, ScoreCard, effect, turned_surely
from sim.evidence.validate import validate
from sim.experiments.ensemble import as_ensemble, doubt_line
from sim.outputs.range_words import marked_rough
from sim.results.folder import check_place
from sim.text import in_language, message
from sim.text.joins import listed
from sim.units import NO_VALUE

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
    place: Place
    charts: bool
    lang: str


def carry_out(order: Order) -> None:
    """Validate, print, write. A miss is a finding and no error: the exit code stays 0."""
    screen = console()
    patterns, _ = load_patterns(order.file)
    ensemble = as_ensemble(order.place.ensemble)
    if order.out is not None:
        check_place(order.out, KIND)
    warn_of(screen, ensemble, order.lang)
    with order.place.opened(screen, order.lang) as workplace:
        card = validate(
            patterns,
            replications=order.replications,
            first_seed=order.seed,
            ablate=order.ablate,
            workplace=replace(workplace, ensemble=ensemble),
        )
    show(screen, card, order.lang)
    names = [order.file.stem if order.file else "patterns", *([ensemble.name] if ensemble else [])]
    folder = order.out or RESULTS / "-".join([*names, card.key[:8]])
    write_results(folder, KIND, card.key, lambda part: _write(card, part, order))
    screen.print(say("written", order.lang, folder=folder), soft_wrap=True, markup=False)


def _write(card: ScoreCard, part: Path, order: Order) -> None:
    card.save(part)
    if order.charts:
        from sim.outputs.score_card import save_score_card

        save_score_card(card, part, order.lang)


def show(screen: Console, card: ScoreCard, lang: str) -> None:
    """Print the score card: by use and class, what is not measurable yet, and the ablation table if there is one."""
    passed = sum(score.passed for score in card.counted)
    title = say("card_title", lang, passed=passed, all=len(card.counted), runs=len(card.seeds))
    screen.print(title, style="bold", markup=False)
    screen.print(doubt_line(card.ensemble_facts, lang), style="dim", markup=False)
    for use in USES:
        scores = card.of_use(use)
        if scores:
            done = card.counts()[use]
            screen.print()
            screen.print(
                _card(
                    say("by_use", lang, use=use_name(use, lang), passed=done[0], all=done[1]),
                    scores,
                    card.level,
                    lang,
                )
            )
            if use != CONSISTENCY:
                screen.print(by_kind(card, use, lang), style="dim", markup=False)
    if not all(score.sure for score in card.counted):
        screen.print(say("unsure_note", lang), style="dim", markup=False)
    if card.not_measurable:
        screen.print()
        screen.print(_not_measurable(card.not_measurable, lang))
    if card.loops is not None:
        screen.print()
        screen.print(_ablation(card, lang))


def _card(title: str, scores: tuple[Score, ...], level: float, lang: str) -> Table:
    heads = (
        say("pattern", lang),
        kind_head(lang),
        say("reported", lang),
        say("simulated", lang, level=f"{100 * level:.0f}%"),
        say("verdict", lang),
        say("off", lang),
    )
    made = table(title, *heads)
    for score in scores:
        made.add_row(
            score.pattern.title.in_language(lang),
            kind_name(score.pattern.kind, lang),
            reported(score.pattern, lang),
            simulated(score, lang),
            verdict(score, lang),
            distance(score, lang),
            style="" if score.passed else "red",
        )
    return made


def reported(pattern: Pattern, lang: str) -> str:
    """What was reported: a range, one bound, or only a sign."""
    if pattern.target.sign is not None:
        return SIGN_WORDS.messages()[pattern.target.sign].in_language(lang)
    return span(*pattern.target.bounds, pattern.unit, lang)


def use_name(use: str, lang: str) -> str:
    """What a pattern is for, in words."""
    return USE_WORDS.messages()[use].in_language(lang)


def kind_name(kind: str, lang: str) -> str:
    """What a pattern says of the world, in words."""
    return KIND_WORDS.messages()[kind].in_language(lang)


def kind_head(lang: str) -> str:
    """The head of the column of classes."""
    return message("pattern.head.kind").in_language(lang)


def by_kind(card: ScoreCard, use: str, lang: str) -> str:
    """How many of each class pass, in a line."""
    counted = card.counts_by_kind(use)
    parts = [
        message("pattern.of_kind", kind=kind_name(kind, lang), passed=passed, all=of).in_language(lang)
        for kind, (passed, of) in counted.items()
    ]
    with in_language(lang):
        return str(message("pattern.by_kind", counts=listed(parts)))


def not_measurable_title(scores: tuple[Score, ...], lang: str) -> str:
    """That these patterns need a mechanism and do not count, and how many there are."""
    return message("pattern.not_measurable", len(scores)).in_language(lang)


def needs_head(lang: str) -> str:
    """The head of the column of missing mechanisms."""
    return message("pattern.head.needs").in_language(lang)


def _not_measurable(scores: tuple[Score, ...], lang: str) -> Table:
    heads = (say("pattern", lang), say("use", lang), kind_head(lang), say("reported", lang), needs_head(lang))
    made = table(not_measurable_title(scores, lang), *heads)
    for score in scores:
        pattern = score.pattern
        assert pattern.needs is not None
        made.add_row(
            pattern.title.in_language(lang),
            use_name(pattern.use, lang),
            kind_name(pattern.kind, lang),
            reported(pattern, lang),
            pattern.needs.in_language(lang),
        )
    return made


def simulated(score: Score, lang: str) -> str:
    """The mean with its interval, as far as they exist."""
    unit = score.pattern.unit
    if not score.interval.exists:
        return amount(score.mean, unit, lang)
    bounds = f"{amount(score.interval.low, unit, lang)}–{amount(score.interval.high, unit, lang)}"
    with in_language(lang):
        return f"{amount(score.mean, unit, lang)} ({marked_rough(bounds, score.interval, score.values.size)})"


def verdict(score: Score, lang: str) -> str:
    """Pass or miss in words, and whether other seeds might turn it."""
    return say(score.verdict, lang) + ("" if score.sure or score.missing else say("unsure", lang))


def distance(score: Score, lang: str) -> str:
    """How far outside the target, signed."""
    from sim.outputs.score_card import gap

    if score.off != score.off:
        return NO_VALUE
    return gap(score, lang) if score.off else ""


def _ablation(card: ScoreCard, lang: str) -> Table:
    assert card.loops is not None
    made = table(
        say("ablation_title", lang),
        say("pattern", lang),
        say("all_on", lang),
        *(say("loop_off", lang, loop=loop) for loop in card.loops.scores),
    )
    for place, on in enumerate(card.scores):
        if not on.pattern.measurable:
            continue
        cells = []
        for scores in card.loops.scores.values():
            what = effect(on, scores[place])
            style = STYLES.get(what, "")
            text = amount(scores[place].mean, on.pattern.unit, lang)
            unsure = "" if turned_surely(on, scores[place]) else say("unsure", lang)
            cells.append(f"[{style}]{text} {say(what, lang)}{unsure}[/{style}]" if style else text)
        made.add_row(
            on.pattern.title.in_language(lang),
            f"{amount(on.mean, on.pattern.unit, lang)} {say('pass' if on.passed else 'miss', lang)}",
            *cells,
        )
    made.caption, made.caption_justify = say("ablation_note", lang), "left"
    return made
