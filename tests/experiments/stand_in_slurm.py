"""A stand-in for SLURM: `sbatch` and `squeue` on the search path, which run each index of an array in a
process of its own that has SLURM's variables and no others, as a node far away would.

`trouble`: tasks that are killed ("kill") or run out of time ("time"), each once, when a file of theirs has so
many lines with a text in it. What was done is noted in `happened`, so that a test knows that it was done
to a task that was at work.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

PROGRAMS = ("sbatch", "squeue")


class Slurm:
    """The test's side of it."""

    def __init__(self, folder: Path) -> None:
        """Put the programs into `folder`/bin."""
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir(parents=True)
        for program in PROGRAMS:
            file = self.bin / program
            command = shlex.join([sys.executable, __file__, program, str(folder)])
            file.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
            file.chmod(0o755)

    @property
    def path(self) -> str:
        """A search path with these programs before all others."""
        return f"{self.bin}{os.pathsep}{os.environ['PATH']}"

    def trouble(self, *troubles: tuple[str, int, str, str, int]) -> None:
        """(kill or time, task, name of a file in the job's folder, text, number of lines with it)
        of each trouble to come."""
        (self.folder / "trouble.json").write_text(json.dumps(troubles), encoding="utf-8")

    def refuse(self, why: str) -> None:
        """From now on no job is taken."""
        (self.folder / "refuse").write_text(why, encoding="utf-8")

    def before_tasks(self, command: str) -> None:
        """A shell command that every job runs in its folder before its tasks."""
        (self.folder / "before").write_text(command, encoding="utf-8")

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """Every job that was submitted: its options, those of the command line (`asked`),
        and the variables of its tasks."""
        return [json.loads(file.read_text()) for file in sorted(self.folder.glob("job-*.json"))]

    @property
    def happened(self) -> list[str]:
        """The troubles that befell a task at work."""
        file = self.folder / "happened"
        return file.read_text().splitlines() if file.exists() else []

    def wait(self) -> None:
        """Until every job is over."""
        end = time.monotonic() + 120
        while any(not (self.folder / f"ended-{number}").exists() for number in range(1, len(self.jobs) + 1)):
            assert time.monotonic() < end
            time.sleep(0.02)


# what the programs do


def sbatch(folder: Path, arguments: list[str]) -> None:
    refusal = folder / "refuse"
    if refusal.exists():
        sys.exit(refusal.read_text(encoding="utf-8"))
    script = Path(arguments[-1])
    options = {}
    for line in script.read_text(encoding="utf-8").splitlines():
        if line.startswith("#SBATCH"):
            name, _, value = shlex.split(line.removeprefix("#SBATCH"))[0].removeprefix("--").partition("=")
            options[name] = value
    number = len(list(folder.glob("job-*.json"))) + 1
    told = options | {"asked": arguments[:-1], "script": script.read_text(encoding="utf-8")}
    (folder / f"job-{number}.json").write_text(json.dumps(told), encoding="utf-8")
    subprocess.Popen(
        [sys.executable, __file__, "run_job", str(folder), str(number)],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    print(number)


def squeue(folder: Path, arguments: list[str]) -> None:
    (names,) = (one.removeprefix("--name=").split(",") for one in arguments if one.startswith("--name="))
    for file in folder.glob("job-*.json"):
        name = json.loads(file.read_text())["job-name"]
        if name in names and not (folder / file.stem.replace("job", "ended")).exists():
            print(name)


def run_job(folder: Path, arguments: list[str]) -> None:
    number = arguments[0]
    job = json.loads((folder / f"job-{number}.json").read_text())
    copy = folder / f"script-{number}"
    copy.write_text(job["script"], encoding="utf-8")
    if (folder / "before").exists():
        subprocess.run((folder / "before").read_text(), shell=True, cwd=job["chdir"], check=True)
    first, last = map(int, job["array"].split("-"))
    tasks = [
        threading.Thread(target=_run_task, args=(folder, number, job, copy, index))
        for index in range(first, last + 1)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    (folder / f"ended-{number}").touch()


def _run_task(folder: Path, number: str, job: dict[str, Any], script: Path, index: int) -> None:
    variables = {
        "SLURM_JOB_ID": f"{number}{index:03d}",
        "SLURM_ARRAY_JOB_ID": number,
        "SLURM_ARRAY_TASK_ID": str(index),
        "SLURM_ARRAY_TASK_COUNT": job["array"].split("-")[1],
        "SLURM_JOB_NAME": job["job-name"],
        "SLURM_CPUS_PER_TASK": job["cpus-per-task"],
    }
    log = Path(job["chdir"]) / job["output"].replace("%a", str(index))
    with open(log, "ab") as printed:
        task = subprocess.Popen(
            ["/bin/sh", str(script)],
            env=variables,
            cwd=job["chdir"],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while task.poll() is None:
            trouble = _trouble_of(folder, index, Path(job["chdir"]))
            if trouble is not None and task.poll() is None:
                _befall(folder, trouble, task, number, printed)
            time.sleep(0.005)


_lock = threading.Lock()


def _trouble_of(folder: Path, index: int, place: Path) -> str | None:
    """What befalls a task now; it is taken off the list."""
    file = folder / "trouble.json"
    with _lock:
        troubles = json.loads(file.read_text()) if file.exists() else []
        for one in troubles:
            what, task, name, text, lines = one
            watched = place / name
            seen = watched.read_text(encoding="utf-8").splitlines() if watched.exists() else []
            if task == index and sum(text in line for line in seen) >= lines:
                troubles.remove(one)
                file.write_text(json.dumps(troubles))
                return str(what)
    return None


def _befall(folder: Path, what: str, task: Any, number: str, printed: Any) -> None:
    if what == "time":
        why = f"slurmstepd: error: *** JOB {number} ON stand-in CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***\n"
        printed.write(why.encode())
        printed.flush()
        os.killpg(task.pid, signal.SIGTERM)
        time.sleep(0.2)
    try:
        os.killpg(task.pid, signal.SIGKILL)
    except ProcessLookupError:
        assert what == "time"  # which it heeded
    with _lock, open(folder / "happened", "a", encoding="utf-8") as file:
        file.write(f"{what}\n")


if __name__ == "__main__":
    {"sbatch": sbatch, "squeue": squeue, "run_job": run_job}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3:])
