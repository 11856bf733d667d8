"""How figures are written for readers, in the current language: the one place for shares, points, money,
counts, intervals, months.

Every function gives a text, takes plain numbers (shares as 0 to 1, money in yuan), writes a dash where there
is no value and a true minus. A difference between shares is in percentage points, never in per cent.
"""

from __future__ import annotations

import math
from functools import cache

from sim.text.catalog import Family, Message, has_text, language, marked, message, say
from sim.text.joins import CUT, bracketed
from sim.units import NO_VALUE

POINTS = "points"
CALENDAR = 1000  # years: so many are not a time but one of the calendar, without a mark between thousands

# Units that stand after a figure as words of their own ("12 months"), with plural forms.
COUNTED = Family(
    "quantity",
    (
        "buildings",
        "companies",
        "complaints",
        "day",
        "estate-years",
        "estates",
        "exits",
        "households",
        "month",
        "months",
        "tenders",
        "year",
    ),
    counted=True,
)


def share(value: float, digits: int = 1) -> str:
    """A share (0.478) in per cent: 47.8%. Without decimals "<1%" where rounding
    would hide that there is some."""
    if math.isnan(value):
        return NO_VALUE
    if digits == 0 and 0 < value < 0.005:
        return say("figure.less_than", figure=say("figure.share", number="1"))
    return say("figure.share", number=decimal(100 * value, digits))


def points(difference: float, signed: bool = True) -> str:
    """A difference between two shares (-0.072) in percentage points with one
    decimal: −7.2 points, −7.2个百分点."""
    if math.isnan(difference):
        return NO_VALUE
    return say("figure.points", number=_plus(difference, decimal(100 * difference, 1), signed))


def money(yuan: float, signed: bool = False) -> str:
    """An amount in yuan to three figures in the steps of the language: 18.4万元, 1,850万元; 184,000
    yuan, 1.25 million yuan."""
    if math.isnan(yuan):
        return NO_VALUE
    size, words = _step_of(yuan)
    return words.format(amount=_plus(yuan, significant(yuan / size), signed))


def exact_money(yuan: float) -> str:
    """An amount to the fen, where two that differ by little must not look the same: 200,001 yuan,
    200,001元."""
    if math.isnan(yuan):
        return NO_VALUE
    digits = 0 if round(float(yuan), 2).is_integer() else 2
    return say("figure.with_unit", number=decimal(yuan, digits), unit=unit_name("yuan"))


def money_scale(largest: float) -> tuple[float, str]:
    """How to write yuan up to this size on an axis: (yuan in one unit, name of the unit).

    One step is kept until its figures would pass ten thousand, so that amounts stay
    comparable between charts.
    """
    steps = _money_steps(language())
    for step in range(len(steps) - 1, 0, -1):
        size = steps[step][0]
        if largest >= size * (10 if step == len(steps) - 1 else 0.1):
            return size, steps[step][1].format(amount="").strip()
    return steps[0][0], steps[0][1].format(amount="").strip()


def count(number: float) -> str:
    """A number of things in whole, with marks between thousands: 1,852."""
    return decimal(number, 0)


def decimal(value: float, digits: int) -> str:
    """A number with a fixed number of decimals, a true minus (none before zero) and
    the marks of the language."""
    if math.isnan(value):
        return NO_VALUE
    return marked(f"{round(value, digits) + 0.0:,.{digits}f}").replace("-", "−")


def signed(value: float, digits: int) -> str:
    """As `decimal`, with a plus before what is more than zero."""
    return _plus(value, decimal(value, digits), True)


def significant(value: float, figures: int = 3) -> str:
    """A number to so many figures, without closing zeros after the point: 1,850, 18.4, 0.0312."""
    if math.isnan(value):
        return NO_VALUE
    if value == 0 or math.isinf(value):
        return "0" if value == 0 else ("∞" if value > 0 else "−∞")
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    text = f"{rounded:,.{max(digits, 0)}f}"
    return marked(text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def quantity(value: float, unit: str, signed: bool = False) -> str:
    """A value with its unit ("" for none, "share", "points", "yuan", "estates",
    "yuan/m2/month", …): 47.8%, 12 months.

    Counts are exact, other units have three figures. A difference between shares has the unit "points".
    """
    if math.isnan(value):
        return NO_VALUE
    if unit == "yuan":
        return money(value, signed)
    if unit == POINTS:
        return points(value, signed)
    if unit == "share":
        return share(value)
    return _with_unit(_plus(value, _plain(value), signed), value, unit)


def in_unit(value: float | str, unit: str) -> str:
    """A reported value as its source writes it ("904 / 117600", 545) with its unit: 545
    households, 0.3 (share)."""
    if unit == "year" and not isinstance(value, str) and value >= CALENDAR:
        return f"{value:.0f}"
    if not isinstance(value, str) and unit in COUNTED.keys_in_order:
        return quantity(value, unit)
    written = value if isinstance(value, str) else marked(f"{value:,.10g}")
    return bracketed(written, unit_name(unit))


def interval(low: float, high: float, unit: str) -> str:
    """Both bounds of a range with the unit once: 15.1 to 18.4 points; "at least",
    "at most" where one is infinite."""
    if math.isnan(low) or math.isnan(high):
        return NO_VALUE
    if math.isinf(low) and low < 0:
        return say("figure.at_most", figure=quantity(high, unit))
    if math.isinf(high):
        return say("figure.at_least", figure=quantity(low, unit))
    if unit == "share":
        return say("figure.share", number=_between(decimal(100 * low, 1), decimal(100 * high, 1)))
    if unit == POINTS:
        return say("figure.points", number=_between(decimal(100 * low, 1), decimal(100 * high, 1)))
    if unit == "yuan":
        (size, words), (larger, _) = _step_of(low), _step_of(high)
        if size == larger:
            return words.format(amount=_between(significant(low / size), significant(high / size)))
        return _between(money(low), money(high))
    return _with_unit(_between(_plain(low), _plain(high)), high, unit)


def level(confidence: float) -> str:
    """A level of confidence or a quantile (0.95): 95%, 98.8%."""
    return say("figure.share", number=significant(100 * confidence))


def unit_name(unit: str) -> str:
    """A unit as the head of a column or the label of an axis has it: yuan/month, 元/月; "" for none.

    A unit without a text, such as that of a programme outside of the package, is its own name.
    """
    return str(unit_message(unit))


def units_written() -> list[str]:
    """The words that may stand right after a figure (points, yuan, estates, …), longest first."""
    kinds = [say("figure.points", number=CUT)]
    kinds += [words.format(amount=CUT) for _, words in _money_steps(language())]
    kinds += [say(f"quantity.{unit}", count=many, figure=CUT) for unit in COUNTED for many in (1, 2)]
    after = {kind.partition(CUT)[2].strip() for kind in kinds}
    return sorted(after - {""}, key=len, reverse=True)


def unit_message(unit: str) -> str | Message:
    """The name of a unit for later: what `unit_name` gives when it is printed."""
    return message(f"unit.{unit}") if has_text(f"unit.{unit}") else unit


def _plus(value: float, text: str, signed: bool) -> str:
    """The text with a plus where a sign is wanted, the value is above zero and
    rounding left something of it."""
    return "+" + text if signed and value > 0 and text.strip("0.,") else text


def _plain(value: float) -> str:
    return decimal(value, 0) if float(value).is_integer() else significant(value)


def _with_unit(text: str, value: float, unit: str) -> str:
    if not unit:
        return text
    if unit in COUNTED.keys_in_order:
        return say(f"quantity.{unit}", count=value, figure=text)
    return say("figure.with_unit", number=text, unit=unit_name(unit))


def _between(low: str, high: str) -> str:
    return low if low == high else say("figure.interval", low=low, high=high)


def _step_of(yuan: float) -> tuple[float, str]:
    """The largest step that the rounded amount reaches: never 10,000万元."""
    steps = _money_steps(language())
    rounded = round(abs(yuan), 2 - math.floor(math.log10(abs(yuan)))) if yuan and math.isfinite(yuan) else 0.0
    return next((step for step in reversed(steps) if rounded >= step[0]), steps[0])


@cache
def _money_steps(language_name: str) -> tuple[tuple[float, str], ...]:
    """The steps in which a language counts money, ascending: (yuan in one unit,
    text with the gap {amount})."""
    del language_name  # part of the key: `say` speaks the current one
    parts = [part.split(":", 1) for part in say("figure.money.steps", amount="{amount}").split(";")]
    return tuple((float(size), words.strip()) for size, words in parts)
