"""What a search chose of a programme's settings, in words, so that a package is named by all that
makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.model.programmes.condition_words import sentences_of
from sim.scenario import Programme, Targets
from sim.scenario.programme import load_programmes, read_programme
from sim.text import Family, figures, say
from sim.text.joins import labelled, listed, phrases
from sim.words import MODE_WORDS, STAGE_WORDS

if TYPE_CHECKING:
    from sim.studies.budget.menu import Bought

PLACE = "place"  # among what was chosen: the place in the order of the measures
OF_ESTATE, OF_CITY, TARGETS = "where", "when", "targets"
AIMS = Family(
    "budget.aim", ("types", "modes", "stages", "districts", "age_min", "age_max", "old", "other", "share_max")
)
ORDER = "order"
COMES = Family("budget.comes", ("worst_first", "easiest_first", "random"))


def chosen_words(bought: Bought) -> list[str]:
    """What the search decided of a programme beside its month and its money, a phrase each."""
    heads = dict.fromkeys(key.partition(".")[0] for key in bought.chosen if key != PLACE)
    if not heads:
        return []
    programme = read_programme(bought.as_table())
    told = [_setting(programme, key) for key in bought.chosen if "." not in key and key in _plain(heads)]
    if TARGETS in heads:
        told.append(aimed_at(programme.targets))
    if {OF_CITY, OF_ESTATE} & set(heads):
        told += sentences_of(programme)
    return [*told, *(_inside(programme, key) for key in bought.chosen if "." in key and _other(key))]


def aimed_at(targets: Targets) -> str:
    """Which estates a programme may treat, in a phrase."""
    told = []
    for key in type(targets).model_fields:
        value = getattr(targets, key)
        if value is None or value == () or (key == "share_max" and value == 1.0):
            continue
        if key == "old":
            told.append(AIMS["old" if value else "other"])
        elif key == "share_max":
            told.append(labelled(AIMS[key], figures.share(value)))
        elif isinstance(value, tuple):
            told.append(labelled(AIMS[key], listed(str(_named(key).get(one, one)) for one in value)))
        else:
            told.append(labelled(AIMS[key], figures.quantity(float(value), "year")))
    return phrases(told) if told else say("budget.aim_all")


def _named(key: str) -> dict[str, Any]:
    return dict({"modes": MODE_WORDS, "stages": STAGE_WORDS}.get(key, {}))


def _plain(heads: dict[str, None]) -> set[str]:
    return set(heads) - {TARGETS, OF_CITY, OF_ESTATE}


def _other(key: str) -> bool:
    return key.partition(".")[0] not in (TARGETS, OF_CITY, OF_ESTATE)


def _setting(programme: Programme, key: str) -> str:
    """A setting of the programme: what it means, and its value."""
    if key == ORDER:
        return COMES[programme.order]
    made = load_programmes()[programme.kind]
    field = made.model_fields[key].json_schema_extra
    unit = str(field.get("unit", "")) if isinstance(field, dict) else ""
    return labelled(str(made.label_of(key) or key), _value(getattr(programme, key), unit))


def _inside(programme: Programme, key: str) -> str:
    """A setting inside a table of the programme's own, by its key."""
    value: Any = programme
    for part in key.split("."):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return labelled(key, _value(value, ""))


def _value(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return say("describe.yes") if value else say("describe.no")
    if isinstance(value, int | float):
        return figures.quantity(float(value), unit)
    if isinstance(value, tuple):
        return listed(str(one) for one in value)
    return str(value)
