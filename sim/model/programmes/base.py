"""What every intervention declares and may decide; the frame
(`sim.model.programmes.policy`) does the rest."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from sim.model.ledger import KINDS
from sim.model.month.levers import POLICY_COLUMNS, check_lever
from sim.problems import Problem
from sim.scenario import Programme, setting
from sim.scenario.declaring import a_method, place_in
from sim.text import Later, Message, languages, message
from sim.text.joins import listed
from sim.units import yuan_to_fen
from sim.words import Label, Word, by_language_to_be

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy

fen = yuan_to_fen  # as programmes call it
STAFF, MONEY = "staff", "money"
Rows = np.ndarray
# A kind of the package has its words in the catalogs (a test sees that they are there); any other carries
# them itself.
OWN = "sim.model.programmes."
WORDS = ("mechanism", "risk")


class Need(NamedTuple):
    """What an estate must be given before a programme does anything there.

    what: STAFF or MONEY. tier: whose. setting: of the programme, which says how much of it.
    """

    what: str
    tier: str
    setting: str


class Intervention(Programme):
    """A programme that acts: one file each, a screenful.

    A subclass with a kind declares its settings with `setting(...)`, the class variables below, and `act`.
    What it declares is checked when the class is made; what it does not declare it cannot move or charge.
    """

    mechanism: ClassVar[Word | None] = None
    """how it works, one to three sentences in each language; of a kind of the package the text
    "programme.KIND.mechanism"
    """
    risk: ClassVar[Word | None] = None
    """the side effect it is known for, and where in the model it comes from; else
    the text "programme.KIND.risk"
    """
    evidence: ClassVar[tuple[str, ...]] = ()
    """ids of the evidence register that its defaults and its mechanism rest on"""
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """its amounts: groups of its settings, any one of which that is all 0 leaves nothing that it could move,
    pay or claim (default: none is known, and it is never called idle)
    """

    needs: ClassVar[tuple[Need, ...]] = ()
    """what every estate needs before it does anything there; lacking one of them, it does nothing"""
    work_needs: ClassVar[tuple[Need, ...]] = ()
    """the same of its work in estates, where it does something beside that too"""
    mechanisms: ClassVar[tuple[str, ...]] = ()
    """the rules of `[mechanisms]` without which it does nothing; one that is off is said when a scenario with
    it is read"""
    eases_staff: ClassVar[str] = ""
    """of one that moves "policy.staff": the setting that says what part of staff work it spares, at most"""

    yearly_budget: float | None = setting(
        None,
        0,
        1e11,
        "yuan/year",
    )

    @classmethod
    def __pydantic_init_subclass__(cls, kind: str = "", **keywords: Any) -> None:
        if kind:
            _check_declaration(cls, kind)
        super().__pydantic_init_subclass__(kind=kind, **keywords)

    @classmethod
    def how_it_works(cls) -> Label:
        """The mechanism in words."""
        return cls.mechanism or message(f"programme.{cls.programme_kind}.mechanism")

    @classmethod
    def known_risk(cls) -> Label:
        """The side effect it is known for in words."""
        return cls.risk or message(f"programme.{cls.programme_kind}.risk")

    @classmethod
    def kept_columns(cls) -> frozenset[str]:
        """The columns that it may set and that keep their value: of two that set the same, one overwrites
        the other."""
        return frozenset(cls.levers) & frozenset(POLICY_COLUMNS)

    def idle_settings(self) -> tuple[str, ...]:
        """The settings that are all 0 and without which nothing can happen; () where something can."""
        groups = self.idle_without
        return next((group for group in groups if not any(getattr(self, name) for name in group)), ())

    def suits(self, policy: Policy) -> np.ndarray:
        """True for every estate in which it makes sense this month, whatever the
        scenario targets (default: all)."""
        return np.ones(policy.estates.size, bool)

    def ease(self, policy: Policy, rows: Rows) -> np.ndarray:
        """How easy each estate of `rows` is; `order` takes the least or the most first (default:
        collection, quality, condition, as government sees them)."""
        paid, quality, condition = (
            policy.seen(name)[rows] for name in ("paid_share", "quality", "condition")
        )
        return np.asarray(paid + quality + condition)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """One month in force on the estates in `rows`, in the order in which they were taken in.

        `strength` is 1 in full force and falls to 0 while a tapered withdrawal runs.
        """
        raise NotImplementedError

    def withdraw(self, policy: Policy) -> None:
        """Called once when it has ended, for what must be undone (levers fall back by themselves)."""

    def stop(self, policy: Policy, rows: Rows) -> None:
        """Called when a condition lets it rest or end in the estates of `rows`, where it was at work: for
        who goes home and what is no longer paid (default: nobody, nothing).

        Nothing may be moved, paid or claimed here. What was built, agreed, listed or barred stays.
        """

    def paid_together(self) -> frozenset[str]:
        """Who pays a part, a fen at least, of every payment, where none is made unless all can pay theirs
        (default: nobody pays together)."""
        return frozenset()

    def rest(self, policy: Policy) -> None:
        """Called instead of `act` in every month in which it rests in all its estates, for what time does
        meanwhile (default: nothing). Nothing may be moved, paid or claimed here either."""


def _check_declaration(cls: type[Intervention], kind: str) -> None:
    """Raise ValueError or KeyError where a class leaves out or misspells what it must declare."""
    _check_kinds(cls)
    for name in cls.levers:
        check_lever(name)
    unknown = [payer for payer in cls.payers if payer not in KINDS]
    if unknown:
        given = ", ".join(map(repr, unknown))
        raise ValueError(message("declare.payers", kind=kind, found=given, known=", ".join(KINDS)))
    cannot = [name for group in cls.idle_without for name in group if not _may_be_zero(cls, name)]
    if cannot:
        raise ValueError(message("declare.idle_without", kind=kind, found=", ".join(cannot)))
    in_catalogs = cls.__module__.startswith(OWN) and not cls.own_label()
    words: tuple[str, ...] = () if in_catalogs else WORDS
    missing: list[str | Message] = [name for name in (*words, "levers") if not getattr(cls, name, None)]
    if not in_catalogs and not cls.own_label():
        labels = ", ".join(f"label_{name}" for name in languages())
        missing.insert(0, message("declare.label", names=labels))
    if cls.act is Intervention.act:
        missing.append("act")
    if missing:
        raise ValueError(message("declare.missing", kind=kind, missing=Later(_listed, missing)))


def _check_kinds(cls: type[Intervention]) -> None:
    """Raise ValueError, with a Problem for its text, where a class declares something as
    another thing than it must be."""
    wrong: dict[str, str | Message] = {}
    for name in (f"label_{one}" for one in languages()):
        if name in cls.model_fields or not isinstance(getattr(cls, name, ""), str):
            wrong[name] = f'{name}: ClassVar[str] = "…"'
    for name in WORDS:
        if getattr(cls, name) is not None and not isinstance(getattr(cls, name), Word):
            wrong[name] = f"{name}: ClassVar[Word] = Word({by_language_to_be()})"
    for name in ("levers", "payers", "evidence"):
        held = getattr(cls, name)
        if not isinstance(held, tuple | list) or not all(isinstance(one, str) for one in held):
            wrong[name] = f'{name}: ClassVar[tuple[str, ...]] = ("…",)'
    groups = cls.idle_without
    if not isinstance(groups, tuple) or not all(
        isinstance(group, tuple) and group and all(isinstance(one, str) for one in group) for group in groups
    ):
        wrong["idle_without"] = 'idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("…",),)'
    if not callable(cls.act) or not _takes(cls.act, 4):
        wrong["act"] = a_method(Intervention.act)
    for name, allowed in wrong.items():
        file, key = place_in(cls.__module__, cls.__qualname__, name)
        field = cls.model_fields.get(name)
        held = field.default if field is not None else getattr(cls, name)
        found: str | Message = (
            f"def act{signature(held)}" if name == "act" and callable(held) else f"{held!r:.60}"
        )
        if field is not None:
            found = message("declare.as_setting", written=f"{name} = {found}")
        raise ValueError(Problem(file, key, found, allowed))


def _may_be_zero(cls: type[Intervention], name: str) -> bool:
    """Whether a class has a setting of this name that may be 0."""
    field = cls.model_fields.get(name)
    return field is not None and all(getattr(rule, "ge", 0) <= 0 for rule in field.metadata)


def _takes(method: Callable[..., object], values: int) -> bool:
    """Whether a method can be called with so many values, itself among them."""
    try:
        signature(method).bind(*[None] * values)
    except TypeError:
        return False
    return True


def _listed(names: list[str | Message]) -> str:
    """What is missing, in the language in which the error is read."""
    return listed(map(str, names))
