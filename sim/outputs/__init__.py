"""Charts and told lives: what a run looks like to a reader, in Chinese and English."""

from sim.outputs.charts import (
    CHARTS,
    FORMATS,
    Chart,
    alt_text,
    chart,
    describe_charts,
    save_charts,
    save_figure,
)
from sim.outputs.explain import explain_text
from sim.outputs.life import estate_life, estate_life_alt
from sim.outputs.money import money
from sim.outputs.over_time import cycle, ladder, modes
from sim.outputs.stages import estate_map, stages

__all__ = [
    "CHARTS",
    "FORMATS",
    "Chart",
    "alt_text",
    "chart",
    "cycle",
    "describe_charts",
    "estate_life",
    "estate_life_alt",
    "estate_map",
    "explain_text",
    "ladder",
    "modes",
    "money",
    "save_charts",
    "save_figure",
    "stages",
]
