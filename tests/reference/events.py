"""Kinds and causes of events, and the matters of votes, by their public names."""

from sim.model.month.votes import Matter
from sim.model.state.events import Cause, Event

__all__ = ["Cause", "Event", "Matter"]
