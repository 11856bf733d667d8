"""What a run leaves behind: its tables, its manifest, and the folder that holds both."""

from sim.results.run import Run, load_run

__all__ = ["Run", "load_run"]
