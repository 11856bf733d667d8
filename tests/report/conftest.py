"""A run, a comparison, a study and a batch of a tiny city, carried out once by the commands themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_commands import LITTLE, SMALL, STUDY, TYPES, estate

import sim
from sim.experiments.ensemble import Ensemble
from sim.results.engines import InProcess


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "run"
    done = estate("run", "subsidy_only", "--months", "24", "--no-charts", "--out", str(folder), *SMALL)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def comparison_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "comparison"
    done = estate(
        "compare",
        "vicious_cycle",
        "subsidy_only",
        "--months",
        "24",
        "--replications",
        "6",
        "--no-charts",
        "--in-process",
        "--store",
        str(folder.parent / "store"),
        "--out",
        str(folder),
        *SMALL,
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def study_result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "tiny.toml").write_text(STUDY, encoding="utf-8")
    return sim.study(folder / "tiny.toml", engine=InProcess(), store=folder / "store", progress=False)


@pytest.fixture(scope="session")
def study_folder(study_result, tmp_path_factory) -> Path:
    return study_result.save(tmp_path_factory.mktemp("saved") / "study")


@pytest.fixture(scope="session")
def batch_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("batch")
    for name, base in (("calm", "small_city"), ("kept", "vicious_cycle")):
        settings = (
            "".join(f"[types.{kind}]\nhouseholds_mean = 40\n" for kind in TYPES) if name == "kept" else ""
        )
        households = "households = 800\n" if name == "calm" else ""
        (folder / f"{name}.toml").write_text(
            f'extends = "{base}"\nmonths = 12\n[city]\nestates = 10\ndistricts = 2\n{households}[companies]\nprivate = 3\n{settings}',
            encoding="utf-8",
        )
    done = estate("batch", str(folder), "--replications", "2", "--no-charts", "--out", str(folder / "out"))
    assert done.exit_code == 0, done.output
    return folder / "out"


def made(tmp_path_factory, *arguments: str) -> Path:
    """The folder that an analysis of a tiny city was saved in."""
    folder = tmp_path_factory.mktemp("analysis") / arguments[0]
    done = estate(
        *arguments, "--in-process", "--store", str(folder.parent / "store"), "--out", str(folder), *LITTLE
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def sensitivity_folder(tmp_path_factory) -> Path:
    return made(
        tmp_path_factory,
        "sensitivity",
        "small_city",
        "--size",
        "3",
        "--replications",
        "2",
        "--months",
        "12",
        "--no-charts",
        "--outcome",
        "cycle_share",
        "--outcome",
        "public_cost",
        "--parameter",
        "payment.norm_weight",
        "--parameter",
        "condition.wear",
        "--parameter",
        "payment.base",
    )


@pytest.fixture(scope="session")
def tipping_folder(tmp_path_factory) -> Path:
    return made(
        tmp_path_factory,
        "tipping",
        "small_city",
        "--type",
        "commodity",
        "--values",
        "3",
        "--months",
        "36",
        "--no-point",
    )


@pytest.fixture(scope="session")
def ablation_folder(tmp_path_factory) -> Path:
    return made(tmp_path_factory, "ablate", "small_city", "--replications", "5", "--months", "12")


@pytest.fixture(scope="session")
def draws_folder(tmp_path_factory) -> Path:
    """Three draws of a tiny city over two members of an ensemble."""
    folder = tmp_path_factory.mktemp("draws")
    little = dict(part.split("=") for part in LITTLE if "=" in part)
    wide = Ensemble("wide", ({"payment.base": -2.0}, {"payment.base": 2.0}))
    found = sim.repeat(
        "small_city",
        3,
        months=12,
        overrides={key: int(value) for key, value in little.items()},
        engine=InProcess(),
        store=folder / "store",
        ensemble=wide,
    )
    return found.save(folder / "draws")


@pytest.fixture(scope="session")
def budget_folder(tmp_path_factory) -> Path:
    return made(
        tmp_path_factory,
        "budget",
        "small_city",
        "--yearly",
        "50000",
        "--trials",
        "7",
        "--replications",
        "2",
        "--months",
        "12",
        "--stress",
        "6",
        "--fresh",
        "5",
    )


@pytest.fixture(scope="session")
def arms_folder(tmp_path_factory) -> Path:
    """Three scenarios compared, with what a withdrawal leaves and what would persist."""
    asked = ["vicious_cycle", "subsidy_only", "fallback_only", "--months", "30", "--replications", "6"]
    return made(tmp_path_factory, "compare", *asked, "--no-charts", "--withdraw", "20", "--after")


@pytest.fixture(scope="session")
def information_folder(tmp_path_factory) -> Path:
    asked = ["vicious_cycle", "subsidy_only", "--months", "12", "--replications", "20", "--no-charts"]
    compared = made(tmp_path_factory, "compare", *asked, "--ensemble", "calibrated")
    folder = compared.parent / "information"
    done = estate("worth", str(compared), "--out", str(folder))
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def pathways_folder(tmp_path_factory) -> Path:
    """Two plans of which one fails in each of five runs, and the switch to the other."""
    asked = ["vicious_cycle", "fallback_only", "--while", "cycle_share_last_year <= 0.45", "--months", "44"]
    some = ["--replications", "5", "--within", "12", "--lasting", "3", "--before", "0"]
    return made(tmp_path_factory, "pathways", *asked, *some)


@pytest.fixture(scope="session")
def robustness_folder(tmp_path_factory) -> Path:
    """Two plans in two worlds, which fail where many flats stand empty."""
    asked = ["vicious_cycle", "subsidy_only", "--months", "12", "--replications", "5", "--world", "norm"]
    asked += ["--threshold", "collection_last_year=0.52", "--factor", "types.*.vacancy=0.02:0.6"]
    return made(tmp_path_factory, "robust", *asked, "--futures", "60", "--fresh", "40")


@pytest.fixture(scope="session")
def delays_folder(tmp_path_factory) -> Path:
    """Where a policy begins later and later, with three draws of each start and of the loop."""
    asked = ["fallback_only", "--type", "commodity", "--values", "3", "--months", "36", "--seeds", "3"]
    return made(tmp_path_factory, "tipping", *asked, "--longest", "12")


@pytest.fixture(scope="session")
def variances_folder(tmp_path_factory) -> Path:
    """Both methods of a sensitivity analysis of a parameter that is tried between two ends of its own."""
    asked = ["small_city", "--size", "4", "--replications", "5", "--months", "12", "--no-charts"]
    asked += ["--method", "sobol", "--parameter", "condition.wear", "--parameter", "service.floor=0.35:0.55"]
    return made(tmp_path_factory, "sensitivity", *asked, "--outcome", "cycle_share")
