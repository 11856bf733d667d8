"""What a score card has, and where.

Its folder holds no value of a loop taken away but the means, so that a card with loops cannot be had back
whole: no folder of this kind is loaded, reported on or carried out again.
"""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="score card",
    results=("score_card:ScoreCard",),
    load="",
    report="",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    charts={"score_card": Chart("chart:score_card_chart", "chart:alt_of")},
    commands="command:add_commands",
)
