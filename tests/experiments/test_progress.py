"""One bar for the months of a run and the runs of a series."""

import re

import sim
from sim.experiments import progress as shown
from sim.experiments.progress import Progress


def test_months_and_runs_are_told_in_lines_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr(shown, "LINE_SECONDS", -1.0)
    with sim.progress_bar() as report:
        for month in range(4):
            report(month, 3)
        report(Progress(total=5, stored=2, ended=2, failed=1))
    lines = capsys.readouterr().err.splitlines()
    assert [re.match(r"\d+/\d+", line)[0] for line in lines] == ["2/3", "3/3", "2/3"]
    assert "1 set aside" in lines[-1]


def test_a_run_takes_the_bar():
    with sim.progress_bar("zh") as report:
        run = sim.run(
            "small_city", months=2, overrides={"city.estates": 20, "city.households": None}, progress=report
        )
    assert run.months == 2
