"""One bar for the months of a run and the runs of a series."""

import re

import sim
from sim.experiments import progress as shown
from sim.experiments.progress import Phases, Progress
from sim.text import message


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
            "small_city",
            months=2,
            overrides={"city.estates": 20, "city.households": None, "spin_up": 0},
            progress=report,
        )
    assert run.months == 2


def test_work_of_several_phases_says_which_it_is_in_and_counts_the_rounds_of_a_phase_together():
    told: list[Progress] = []
    names = {"search": message("budget.phase_search"), "fresh": message("budget.phase_fresh")}
    phases = Phases(told.append, names, {"search": 10, "fresh": 90})
    for _ in range(2):
        report = phases.round()
        report(Progress(6, 1, 0, 0))  # in all two more than was expected
        report(Progress(6, 1, 5, 1))
    assert [(one.total, one.stored, one.ended, one.failed) for one in told] == [
        *((10, 1, 0, 0), (10, 1, 5, 1)),
        *((12, 2, 5, 1), (12, 2, 10, 2)),
    ]
    assert [(one.phase.number, one.phase.of, one.phase.runs) for one in told if one.phase] == [
        *((1, 2, 100), (1, 2, 100)),
        *((1, 2, 102), (1, 2, 102)),
    ]
    phases.begin("fresh", 30)
    phases.round()(Progress(30, 0, 1, 0))
    last = told[-1].phase
    assert last is not None and (last.number, last.runs, last.name) == (2, 42, names["fresh"])
    assert (told[-1].total, told[-1].ended) == (30, 1)


def test_lines_say_a_phase_once_when_it_begins(capsys, monkeypatch):
    monkeypatch.setattr(shown, "LINE_SECONDS", -1.0)
    names = {"search": message("budget.phase_search"), "fresh": message("budget.phase_fresh")}
    with sim.progress_bar("en") as report:
        phases = Phases(report, names, {"search": 4, "fresh": 6})
        for _ in range(2):
            told = phases.round()
            for ended in range(3):
                told(Progress(2, 0, ended, 0))
        phases.begin("fresh")
        phases.round()(Progress(6, 0, 0, 0))
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "phase" in line] == [
        "search of packages (phase 1 of 2; in all about 10 runs)",
        "front on fresh seeds (phase 2 of 2; in all about 10 runs)",
    ]
    assert [line.split()[0] for line in lines if "phase" not in line] == ["2/4", "2/4", "3/4", "4/4"]
