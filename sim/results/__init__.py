"""What a run leaves behind: its tables, its manifest, and the folder that holds both."""

from sim.results.folder import load_run
from sim.results.run import Run

__all__ = ["Run", "load_run"]
