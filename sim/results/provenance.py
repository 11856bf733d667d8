"""Where a run comes from: scenario, seed, code and machine, in plain data that a manifest can hold, and how
well its parameters are
known: the count that stands there when no sensitivity result weighs them.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import metadata
from typing import Any

import numpy as np

from sim.fingerprint import PACKAGE, model_source_hash
from sim.model.month.observe import Outcomes
from sim.model.parameters import PARAMETERS
from sim.results.history import BRANCH, STATES, Branch, branch_data
from sim.scenario import Scenario, content_hash, to_data

STATUSES = ("measured", "calibrated", "assumed")
COUNT = (
    "parameter_count"  # how the shares are weighed: each parameter counts once, not by a sensitivity result
)


def standing(scenario: Scenario) -> dict[str, Any]:
    """Parameters by status, the share assumed, parameters that the scenario sets itself,
    and its figures by status.

    A parameter that the scenario sets to another value than the default counts as assumed unless the scenario
    gives a reported or derived figure for it: what was measured or calibrated was the default.
    """
    sourced = {figure.key.removeprefix("parameters."): figure.status for figure in scenario.figures}
    changed = {key for key, value in scenario.parameter_values().items() if value != PARAMETERS[key].default}
    counts = dict.fromkeys(STATUSES, 0)
    for key, parameter in PARAMETERS.items():
        counts[_status(sourced.get(key, "assumed")) if key in changed else parameter.status] += 1
    figures: Mapping[str, int] = {
        name: sum(figure.status == name for figure in scenario.figures)
        for name in ("reported", "derived", "assumed")
    }
    return {
        "weighing": COUNT,
        "parameters": counts,
        "share_assumed": round(counts["assumed"] / max(1, len(PARAMETERS)), 4),
        "set_by_scenario": sorted(changed),
        "figures": dict(figures),
    }


def _status(figure_status: str) -> str:
    return "assumed" if figure_status == "assumed" else "measured"


# where it comes from

KIND = "run"
EDITS = "edits"  # of a run whose city was changed through handles: (month, table, row, column, was, now)
PACKAGES = ("numpy", "numba", "mesa", "pandas", "pyarrow")
DISTRIBUTION = "estate-governance-simulator"
GIT_SECONDS = 5.0


def describe_run(
    scenario: Scenario,
    outcomes: Outcomes,
    wall_seconds: float,
    finished: datetime,
    edits: Sequence[Sequence[Any]] = (),
    branch: Branch | None = None,
    states: Sequence[int] = (),
) -> dict[str, Any]:
    """Everything that is needed to make the run again and to tell whether it came out the same; `edits`:
    what was changed by hand; `branch`: the plans before its own; `states`: months whose states are kept."""
    by_hand: dict[str, Any] = {EDITS: [list(edit) for edit in edits]} if edits else {}
    if branch is not None:
        by_hand[BRANCH] = branch_data(branch)
    described = {"content_hash": content_hash(scenario), "model_source_hash": model_source_hash()} | by_hand
    if states:
        by_hand[STATES] = list(states)
    return by_hand | {
        "kind": KIND,
        "key": run_key(described),
        "scenario": to_data(scenario),
        "content_hash": content_hash(scenario),
        "seed": scenario.seed,
        "months": scenario.months,
        "parameters": {key: p.default for key, p in PARAMETERS.items()} | scenario.parameter_values(),
        "evidence": standing(scenario),
        "model_source_hash": model_source_hash(),
        "outcomes_sha256": outcomes_digest(outcomes),
        **here(),
        "wall_seconds": round(wall_seconds, 3),
        "finished": finished.isoformat(timespec="seconds"),
    }


def run_key(manifest: dict[str, Any]) -> str:
    """Sixteen hex digits that name the content of a run: its scenario with seed and months, the model's
    source, what was edited by hand, and the plans that held before its own."""
    text = f"{manifest['content_hash']} {manifest['model_source_hash']}"
    if manifest.get(EDITS):
        text += f" {json.dumps(manifest[EDITS])}"
    for plan in manifest.get(BRANCH, {}).get("plans", ()):
        text += f" {plan['until']} {plan['content_hash']}"
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def scenario_key(scenario: Scenario, branch: Branch | None = None) -> str:
    """The `run_key` that a run of this scenario, after the plans before it, will have, before it is
    carried out."""
    before = {} if branch is None else {BRANCH: branch_data(branch)}
    return run_key(
        {"content_hash": content_hash(scenario), "model_source_hash": model_source_hash()} | before
    )


def outcomes_digest(outcomes: Outcomes) -> str:
    """SHA-256 over all outcome columns in the order of `Outcomes`: name, type, shape and
    little-endian bytes of each."""
    digest = hashlib.sha256()
    for name, column in zip(Outcomes._fields, outcomes, strict=True):
        plain = np.ascontiguousarray(column.astype(column.dtype.newbyteorder("<"), copy=False))
        digest.update(f"{name} {plain.dtype.str} {plain.shape}\n".encode("ascii"))
        digest.update(plain.data)
    return digest.hexdigest()


def here() -> dict[str, Any]:
    """Versions, machine and commit of this installation, as manifests have them."""
    return {"versions": versions(), "platform": machine(), "git": git_state()}


@cache
def versions() -> dict[str, str]:
    """Versions of Python, of this package and of the libraries whose results enter a run."""
    versions = {"python": platform.python_version()}
    for name, distribution in (("sim", DISTRIBUTION), *zip(PACKAGES, PACKAGES, strict=True)):
        try:
            versions[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            versions[name] = "unknown"
    return versions


def machine() -> dict[str, Any]:
    """The machine: system, kind of processor, number of its cores."""
    return {"system": platform.platform(), "machine": platform.machine(), "cores": os.cpu_count()}


@cache
def git_state() -> dict[str, Any] | None:
    """Commit of the checkout that the package runs from, and whether tracked files differ
    from it; None outside of one."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return None  # an installed package must not report a repository that happens to lie around it
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return None if commit is None or changes is None else {"commit": commit, "dirty": bool(changes)}


def _git(*arguments: str) -> str | None:
    """What git prints, stripped; None if git is absent, fails or hangs."""
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE.parent), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=GIT_SECONDS,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
