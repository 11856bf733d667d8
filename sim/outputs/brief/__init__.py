"""The brief: one page that decides, of any result; it opens every report and is a command of its own."""

from sim.outputs.brief.model import MOST_ROWS, Brief, Measured, Row, measured
from sim.outputs.brief.of_result import brief_of

__all__ = ["MOST_ROWS", "Brief", "Measured", "Row", "brief_of", "measured"]
