"""A run, a comparison, a study and a batch of a tiny city, carried out once by the commands themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from report_commands import LITTLE, SMALL, STUDY, TYPES, estate

import sim
from sim.experiments.ensemble import Ensemble
from sim.results.engines import InProcess

Once = Callable[[str, Callable[[Path], object]], Path]


def carried_out(*arguments: str) -> None:
    done = estate(*arguments)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="session")
def run_folder(once: Once) -> Path:
    asked = ("run", "subsidy_only", "--months", "24", "--no-charts", *SMALL)
    return once("run", lambda folder: carried_out(*asked, "--out", str(folder)))


@pytest.fixture(scope="session")
def drawn_folder(once: Once) -> Path:
    """A run of few months with its charts, painted."""
    asked = ("run", "small_city", "--months", "3", *LITTLE)
    return once("drawn", lambda folder: carried_out(*asked, "--out", str(folder)))


@pytest.fixture(scope="session")
def comparison_folder(once: Once) -> Path:
    asked = ("compare", "vicious_cycle", "subsidy_only", "--months", "24", "--replications", "6")
    return analysed(once, "comparison", *asked, "--no-charts", *SMALL)


@pytest.fixture(scope="session")
def study_result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "tiny.toml").write_text(STUDY, encoding="utf-8")
    return sim.study(folder / "tiny.toml", engine=InProcess(), store=folder / "store", progress=False)


@pytest.fixture(scope="session")
def study_folder(study_result, tmp_path_factory) -> Path:
    return study_result.save(tmp_path_factory.mktemp("saved") / "study")


@pytest.fixture(scope="session")
def batch_folder(once: Once) -> Path:
    def make(folder: Path) -> None:
        asked = folder.parent / "asked"
        asked.mkdir()
        for name, base in (("calm", "small_city"), ("kept", "vicious_cycle")):
            settings = (
                "".join(f"[types.{kind}]\nhouseholds_mean = 40\n" for kind in TYPES) if name == "kept" else ""
            )
            households = "households = 800\n" if name == "calm" else ""
            (asked / f"{name}.toml").write_text(
                f'extends = "{base}"\nmonths = 12\n[city]\nestates = 10\ndistricts = 2\n{households}[companies]\nprivate = 3\n{settings}',
                encoding="utf-8",
            )
        carried_out("batch", str(asked), "--replications", "2", "--no-charts", "--out", str(folder))

    return once("batch", make)


def analysed(once: Once, name: str, *asked: str) -> Path:
    """The folder that an analysis was saved in."""

    def make(folder: Path) -> None:
        store = str(folder.parent / "store")
        carried_out(*asked, "--in-process", "--store", store, "--out", str(folder))

    return once(name, make)


@pytest.fixture(scope="session")
def sensitivity_folder(once: Once) -> Path:
    asked = ["sensitivity", "small_city", "--size", "3", "--replications", "2", "--months", "12"]
    asked += ["--no-charts", "--outcome", "cycle_share", "--outcome", "public_cost"]
    asked += ["--parameter", "payment.norm_weight", "--parameter", "condition.wear"]
    return analysed(once, "sensitivity", *asked, "--parameter", "payment.base", *LITTLE)


@pytest.fixture(scope="session")
def tipping_folder(once: Once) -> Path:
    asked = ("tipping", "small_city", "--type", "commodity", "--values", "3", "--months", "36", "--no-point")
    return analysed(once, "tipping", *asked, *LITTLE)


@pytest.fixture(scope="session")
def ablation_folder(once: Once) -> Path:
    return analysed(
        once, "ablation", "ablate", "small_city", "--replications", "5", "--months", "12", *LITTLE
    )


@pytest.fixture(scope="session")
def draws_folder(once: Once) -> Path:
    """Three draws of a tiny city over two members of an ensemble."""

    def make(folder: Path) -> None:
        little = dict(part.split("=") for part in LITTLE if "=" in part)
        wide = Ensemble("wide", ({"payment.base": -2.0}, {"payment.base": 2.0}))
        found = sim.repeat(
            "small_city",
            3,
            months=12,
            overrides={key: int(value) for key, value in little.items()},
            engine=InProcess(),
            store=folder.parent / "store",
            ensemble=wide,
        )
        found.save(folder)

    return once("draws", make)


@pytest.fixture(scope="session")
def budget_folder(once: Once, dots) -> Path:
    asked = ["budget", "small_city", "--yearly", "50000", "--trials", "7", "--replications", "2"]
    with dots():
        return analysed(once, "budget", *asked, "--months", "12", "--stress", "6", "--fresh", "5", *LITTLE)


@pytest.fixture(scope="session")
def arms_folder(once: Once) -> Path:
    """Three scenarios compared, with what a withdrawal leaves and what would persist."""
    asked = ["compare", "vicious_cycle", "subsidy_only", "fallback_only", "--months", "30"]
    asked += ["--replications", "6", "--no-charts", "--withdraw", "20", "--after"]
    return analysed(once, "arms", *asked, *LITTLE)


@pytest.fixture(scope="session")
def information_folder(once: Once) -> Path:
    asked = ["compare", "vicious_cycle", "subsidy_only", "--months", "12", "--replications", "20"]
    compared = analysed(once, "compared", *asked, "--no-charts", "--ensemble", "calibrated", *LITTLE)
    return once("information", lambda folder: carried_out("worth", str(compared), "--out", str(folder)))


@pytest.fixture(scope="session")
def pathways_folder(once: Once, dots) -> Path:
    """Two plans of which one fails in each of five runs, and the switch to the other."""
    asked = ["pathways", "vicious_cycle", "fallback_only", "--while", "cycle_share_last_year <= 0.45"]
    asked += ["--months", "44", "--replications", "5", "--within", "12", "--lasting", "3", "--before", "0"]
    with dots():
        return analysed(once, "pathways", *asked, *LITTLE)


@pytest.fixture(scope="session")
def robustness_folder(once: Once, dots) -> Path:
    """Two plans in two worlds, which fail where many flats stand empty."""
    asked = ["robust", "vicious_cycle", "subsidy_only", "--months", "12", "--replications", "5"]
    asked += ["--world", "norm", "--threshold", "collection_last_year=0.52"]
    asked += ["--factor", "types.*.vacancy=0.02:0.6", "--futures", "60", "--fresh", "40"]
    with dots():
        return analysed(once, "robustness", *asked, *LITTLE)


@pytest.fixture(scope="session")
def delays_folder(once: Once, dots) -> Path:
    """Where a policy begins later and later, with three draws of each start and of the loop."""
    asked = ["tipping", "fallback_only", "--type", "commodity", "--values", "3", "--months", "36"]
    with dots():
        return analysed(once, "delays", *asked, "--seeds", "3", "--longest", "12", *LITTLE)


@pytest.fixture(scope="session")
def variances_folder(once: Once) -> Path:
    """Both methods of a sensitivity analysis of a parameter that is tried between two ends of its own."""
    asked = ["sensitivity", "small_city", "--size", "4", "--replications", "5", "--months", "12"]
    asked += ["--no-charts", "--method", "sobol", "--parameter", "condition.wear"]
    asked += ["--parameter", "service.floor=0.35:0.55", "--outcome", "cycle_share"]
    return analysed(once, "variances", *asked, *LITTLE)
