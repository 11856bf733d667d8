"""What somebody asked for that can have no effect, found before anything is run and said once: on
stderr, in the chosen language.

Only what is sure is said: that a programme starts after the last month, that no estate there can be is its
target, that nobody pays for it or works for it, that one estate takes more of money or staff than one body
has, that every amount is 0 which it could act by. Whether targets by mode or stage will ever
be met only the run can tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from sim.errors import ScenarioError
from sim.notices import tell
from sim.scenario import Programme, Scenario
from sim.scenario.loading import SUFFIX, find, read_toml, scenario_folders
from sim.scenario.overrides import parse_setting
from sim.text import Message, message
from sim.text.joins import listed
from sim.units import yuan_to_fen
from sim.words import TIERS

FALLBACK = "soe_fallback"
PACKAGE = "sim"
STAFF = "staff"  # as needs are declared
# levers by which one programme eases the bounds of all: of staff work, of places, of months until it is felt
RELIEF, CAPACITY, LAG = "policy.staff", "policy.capacity", "policy.lag"
STATE = "state"  # who pays whatever is asked
FEES_TO = "community"  # who has what owners pay for cleaning beside its budget
TOLERANCE = 1e-9  # with which the model counts for how many estates staff is enough


@runtime_checkable
class Acting(Protocol):
    """A programme that says when it is idle and what it needs (`sim.model.programmes.base`)."""

    needs: tuple[tuple[str, str, str], ...]
    work_needs: tuple[tuple[str, str, str], ...]
    mechanisms: tuple[str, ...]

    def idle_settings(self) -> tuple[str, ...]:
        """The settings that are all 0 and without which nothing can happen."""

    def paid_together(self) -> frozenset[str]:
        """Who pays a part, a fen at least, of every payment, where none is made unless all can."""

    def kept_columns(self) -> frozenset[str]:
        """The columns that it sets for good."""


class Lack(NamedTuple):
    """What a programme needs and cannot get, and whether it has claimed staff by then, which others lack."""

    why: Message
    after_claims: bool


def tell_no_effect(
    scenarios: Iterable[Scenario], names: Iterable[object] = (), notice: Callable[[str], None] | None = None
) -> None:
    """Say what in scenarios can have no effect, and which shipped scenario one of the names does
    not mean; each once in a process."""
    tell(shadows(names), notice)
    for scenario in scenarios:
        tell(without_effect(scenario), notice)


# settings and names


def settings_of(texts: Sequence[str]) -> dict[str, Any]:
    """The values that texts of `--set` give by key; the last one holds where a key is given twice, which
    is said. ScenarioError for what is none."""
    settings: dict[str, Any] = {}
    for key, value in map(parse_setting, texts):
        same = next((one for one in settings if _plain(one) == _plain(key)), None)
        if same is not None:
            was = settings.pop(same)
            tell([message("no_effect.set_twice", key=key, was=_written(was), now=_written(value))])
        settings[key] = value
    return settings


def _plain(key: str) -> str:
    return key.removeprefix("parameters.")


def _written(value: object) -> str:
    return f"{value!r:.40}" if not isinstance(value, str) else value


def shadows(names: Iterable[object]) -> list[Message]:
    """Names that mean a file in the working folder, or beside the file that extends it, although a
    scenario of that name is shipped."""
    shadowed = []
    for name in names:
        if not isinstance(name, str | Path):
            continue
        beside, seen = None, set[Path]()
        with suppress(ScenarioError):  # said by whoever reads it
            while isinstance(name, str | Path) and (used := find(name, beside=beside)) not in seen:
                if _is_shadow(str(name), used):
                    shadowed.append(message("no_effect.shadow", name=name, file=used))
                seen.add(used)
                name, beside = read_toml(used).get("extends"), used.parent
    return shadowed


def _is_shadow(name: str, used: Path) -> bool:
    if name.endswith(SUFFIX) or "/" in name or "\\" in name:
        return False
    folders = [folder for folder in scenario_folders() if folder.is_absolute()]
    shipped = [path for folder in folders if (path := folder / f"{name}{SUFFIX}").is_file()]
    return bool(shipped) and not _is_one(used, shipped)


def _is_one(used: Path, shipped: Sequence[Path]) -> bool:
    return any(used.resolve() == path.resolve() or used.read_bytes() == path.read_bytes() for path in shipped)


# programmes


def without_effect(scenario: Scenario) -> list[Message]:
    """A sentence for every programme that can have no effect, and why."""
    idle = []
    for programme in scenario.interventions:
        if programme.end == 0:  # said to be withdrawn before it starts: not having it is what was asked
            continue
        why = next(iter(_reasons(programme, scenario)), None)
        unpaid = _unpaid(programme, scenario)
        lack = _lacking(programme, scenario, "needs")
        at_work = _lacking(programme, scenario, "work_needs")
        if lack is not None and lack.after_claims and len(scenario.interventions) > 1:
            at_work = lack  # it does nothing, but others lack the hands that it has claimed
        elif lack is not None and why is None:
            why = lack.why
        if why is not None:
            idle.append(message("no_effect.programme", name=programme.name, scenario=scenario.name, why=why))
        elif unpaid is not None:
            idle.append(message("no_effect.unpaid", name=programme.name, scenario=scenario.name, why=unpaid))
        elif at_work is not None:
            idle.append(
                message("no_effect.no_work", name=programme.name, scenario=scenario.name, why=at_work.why)
            )
    return idle


def why_without_effect(programme: Programme, scenario: Scenario) -> Message | None:
    """Why a programme can have no effect in a scenario, None where it may have one."""
    lack = _lacking(programme, scenario, "needs")
    return next(iter(_reasons(programme, scenario)), None if lack is None else lack.why)


def _unpaid(programme: Programme, scenario: Scenario) -> Message | None:
    """Why no public money can be spent on a programme that says who pays for it; None where some can.

    Of who pays together each must be able to. A community is left out, which has fees beside its budget.
    """
    if getattr(programme, "yearly_budget", None) == 0:
        return message("no_effect.no_budget")
    empty = [tier for tier in TIERS if tier != FEES_TO and not getattr(scenario.government, f"{tier}_budget")]
    public = [payer for payer in type(programme).payers if payer in (*TIERS, STATE)]
    together = programme.paid_together() if isinstance(programme, Acting) else frozenset()
    lacking = [tier for tier in public if tier in empty and tier in together]
    if not lacking and not (public and set(public) <= set(empty)):
        return None
    empty = lacking or [tier for tier in public if tier in empty]
    return message("no_effect.no_money", tiers=listed(str(message(f"tier.{tier}")) for tier in empty))


def _reasons(programme: Programme, scenario: Scenario) -> list[Message]:
    months = scenario.months
    last = months if programme.end is None else min(programme.end, months)
    reasons = []
    if (never := _never_begins(programme)) is not None:
        return [never]
    if isinstance(programme, Acting):
        off = [name for name in programme.mechanisms if not getattr(scenario.mechanisms, name)]
        if off:
            return [message("no_effect.rule_off", rules=listed(f"mechanisms.{name}" for name in off))]
    if programme.start > months:
        return [message("no_effect.late", start=programme.start, months=months)]
    if programme.start + programme.lag > months and not _eased(scenario, LAG):
        reasons.append(message("no_effect.lag", month=programme.start + programme.lag, months=months))
    if (told := _nobody(programme, scenario)) is not None:
        reasons.append(told)
    grow = programme.when.grow if programme.when is not None else None
    grows = _eased(scenario, CAPACITY) or (grow is not None and grow.what == "capacity")
    few = programme.capacity is not None and programme.capacity * (last - programme.start + 1) < 1
    if few and not grows:
        reasons.append(
            message(
                "no_effect.capacity",
                capacity=f"{programme.capacity or 0:g}",
                months=last - programme.start + 1,
            )
        )
    if programme.kind == FALLBACK and scenario.companies.state_owned == 0:
        reasons.append(message("no_effect.fallback"))
    if (idle := _idle(programme, scenario)) is not None:
        reasons.append(idle)
    return reasons


def _eased(scenario: Scenario, lever: str) -> bool:
    """Whether a programme may ease a bound of all by this lever: shorten their lag, or let them take in
    more."""
    return any(lever in getattr(type(one), "levers", ()) for one in scenario.interventions)


def _never_begins(programme: Programme) -> Message | None:
    """Why its conditions never let it begin; None where they may."""
    for name, part in (("when", programme.when), ("where", programme.where)):
        if part is not None and part.start is not None and part.start.never:
            return message("no_effect.never", key=f"{name}.start")
    return None


def _idle(programme: Programme, scenario: Scenario) -> Message | None:
    """Why nothing can happen with the settings of a programme, as its class declares; None where something
    can.

    One that sets a column for good overwrites what another set in it, even with nothing: of such a pair
    nothing is said.
    """
    if not isinstance(programme, Acting) or not (settings := programme.idle_settings()):
        return None
    others = [
        other for other in scenario.interventions if isinstance(other, Acting) and other is not programme
    ]
    if any(programme.kept_columns() & other.kept_columns() for other in others):
        return None
    return message("no_effect.amounts", settings=listed(f"{name} = 0" for name in settings))


def _nobody(programme: Programme, scenario: Scenario) -> Message | None:
    """Why no estate that there can be is a target; None where one can be."""
    targets, city = programme.targets, scenario.city
    if targets.share_max == 0:
        return message("no_effect.share")
    if scenario.estates is not None:  # each of its estates may be older, or newer, than its type says
        return None
    last_year = city.start_year + scenario.months // 12
    for name, number in scenario.estates_by_type().items():
        kind = scenario.types[name]
        meets = (
            number > 0
            and (not targets.types or name in targets.types)
            and (targets.old is None or targets.old == kind.old)
            and (targets.age_min is None or last_year - kind.built_low + 1 >= targets.age_min)
            and (targets.age_max is None or city.start_year - kind.built_high - 1 <= targets.age_max)
        )
        if meets:
            return None
    return message("no_effect.nobody")


def _lacking(programme: Programme, scenario: Scenario, which: str) -> Lack | None:
    """What not even one estate can be given: staff of a tier that has none, more staff than a body has, more
    money in a month than a body has in a year or the programme may spend in one. None where one can be.

    A budget that is not spent lapses at the end of the year, so that nothing is saved up. Of amounts nothing
    is said where another programme eases staff work, or is not of the package and may do anything.
    """
    if not isinstance(programme, Acting):
        return None
    others = [other for other in scenario.interventions if other is not programme]
    anything = not all(map(_shipped, map(type, others)))
    eased = _eased(scenario, RELIEF)
    wholly = sum(_eased_by(other) for other in scenario.interventions) >= 1.0
    grow = programme.when.grow if programme.when is not None else None
    own = getattr(programme, "yearly_budget", None)
    if grow is not None and grow.what == "yearly_budget":
        own = None
    claims = False
    for what, tier, setting in getattr(programme, which):
        needed = float(getattr(programme, setting))
        held = float(getattr(scenario.government, f"{tier}_{'staff' if what == STAFF else 'budget'}"))
        words: dict[str, Any] = {"setting": setting, "tier": message(f"tier.{tier}")}
        if what == STAFF:
            if needed > 0 and held == 0 and not wholly:
                return Lack(message("no_effect.no_staff", tier=words["tier"]), claims)
            few = needed > 0 and math.floor(held / needed + TOLERANCE) < 1
            if few and held > 0 and not eased and not anything:
                told = message("no_effect.much_staff", **words, needed=f"{needed:g}", held=f"{held:g}")
                return Lack(told, claims)
            claims = claims or needed > 0
        elif anything:
            continue
        elif tier != FEES_TO and 0 < yuan_to_fen(held) < yuan_to_fen(needed):
            return Lack(message("no_effect.dear", **words, needed=_whole(needed), held=_whole(held)), claims)
        elif own is not None and 0 < yuan_to_fen(own) < yuan_to_fen(needed):
            told = message("no_effect.dear_for_own", setting=setting, needed=_whole(needed), held=_whole(own))
            return Lack(told, claims)
    return None


def _eased_by(programme: Programme) -> float:
    """The part of staff work that a programme may spare all, at most."""
    kind = type(programme)
    if RELIEF not in getattr(kind, "levers", ()):
        return 0.0
    setting = getattr(kind, "eases_staff", "")
    return float(getattr(programme, setting)) if setting else 1.0


def _shipped(kind: type[Programme]) -> bool:
    """Whether a class of programmes is one of the package."""
    return kind.__module__.partition(".")[0] == PACKAGE


def _whole(yuan: float) -> str:
    return f"{yuan:,.0f}" if yuan == round(yuan) else f"{yuan:,.2f}"
