"""Codes of modes and stages, read off the public words."""

from sim.words import MODES, STAGES

MARKET, SOE, UNIT, SELF, CLEANING, NONE = (
    MODES.index(m) for m in ("market", "soe", "unit", "self", "cleaning", "none")
)
HEALTHY, STRAINED, SPIRALLING, COLLAPSED, RECOVERING = (
    STAGES.index(s) for s in ("healthy", "strained", "spiralling", "collapsed", "recovering")
)
