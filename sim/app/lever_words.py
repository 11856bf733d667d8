"""What can be chosen for a setting, and what groups of parameters are called."""

from __future__ import annotations

from sim.model.parameters import PARAMETERS
from sim.text import Family, Spoken, message
from sim.words import MODE_WORDS, STAGE_WORDS

CHOICES: dict[object, Spoken] = {
    "sudden": message("choice.sudden"),
    "tapered": message("choice.tapered"),
    "worst_first": message("choice.worst_first"),
    "easiest_first": message("choice.easiest_first"),
    "random": message("choice.random"),
    "community": message("choice.community"),
    "street": message("choice.street"),
    "full": message("choice.full"),
    "gates": message("choice.gates"),
    "cameras": message("choice.cameras"),
    "drains": message("choice.drains"),
    "heating": message("choice.heating"),
    "roads": message("choice.roads"),
    True: message("choice.true"),
    False: message("choice.false"),
    None: message("choice.none"),
}
CHOICES.update(MODE_WORDS)
CHOICES.update(STAGE_WORDS)
GROUPS = Family("group", sorted({parameter.group for parameter in PARAMETERS.values()}))
