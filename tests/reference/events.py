"""Kinds and causes of events, and the matters of votes, by their public names."""

from sim.month.votes import Matter
from sim.state.events import Cause, Event

__all__ = ["Cause", "Event", "Matter"]
