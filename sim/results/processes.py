"""What processes that carry out runs must see to: what a worker does first, scripts that spawned workers
would run again, and Ctrl-C at a moment of our choosing.
"""

from __future__ import annotations

import ast
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

from sim.errors import EngineError
from sim.text import message

THREAD_VARIABLES = (
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
WATCH_SECONDS = 0.5
PR_SET_PDEATHSIG = 1


@contextmanager
def threads_of_one() -> Iterator[None]:
    """While inside, processes that are started read that numerical libraries have
    one thread; then as before."""
    saved = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def start_worker(parent: int, with_thread: bool = True) -> None:
    """Prepare this process for work under the driver with process id `parent`.

    `with_thread`: the thread that starts workers lives as long as the pool does, so that on Linux the kernel
    may end the worker with it; the watch on the parent's id does the same everywhere, half a second later.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if with_thread and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    import_all()
    _one_thread()
    _keep_what_is_there()


def import_all() -> None:
    """Import what a run needs, so that importing does not count towards the first run's time limit."""
    import pandas  # noqa: F401 - pyarrow imports it when it first sees an array


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


def _one_thread() -> None:
    """Limit libraries that a forked process inherits already loaded: they no longer
    look at the environment."""
    import pyarrow
    import threadpoolctl

    threadpoolctl.threadpool_limits(1)
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)


_kept = False


def _keep_what_is_there() -> None:
    """Tell the garbage collector that everything so far stays, so that collecting costs next to nothing."""
    global _kept
    gc.collect()
    gc.freeze()
    _kept = True


def let_go() -> None:
    """In a worker, free what a run left: a city refers to itself, and Python would let
    dozens pile up before it looks."""
    if _kept:
        gc.collect()


# whether a script can have workers that are started by "spawn": each of them imports the script once more. A
# script that begins runs outside of `if __name__ == "__main__":` would begin them in every worker again;
# Python notices only in the worker, minutes later where the script computes something first, and the driver
# then sees workers die

SPAWN = "spawn"
# What the test of a guard asks: the name that the module has, or which process this is.
ASKED = frozenset({"__name__", "current_process", "parent_process"})


def check_guard() -> None:
    """EngineError, with the remedy, where workers that are spawned now would run
    the script that starts them again."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # this is such a worker, importing the script
        raise EngineError(message("engine.no_guard", place=_main_file() or "__main__"))
    frame = _script_frame()
    if frame is None:
        return  # a notebook, a console, a thread: a worker imports no script
    file = frame.f_code.co_filename
    if not is_guarded(file, frame.f_lineno):
        raise EngineError(message("engine.no_guard", place=f"{Path(file).name}:{frame.f_lineno}"))


def _main_file() -> str:
    return str(getattr(sys.modules.get("__main__"), "__file__", None) or "")


def _script_frame() -> FrameType | None:
    """The frame of the script that is being run, if it is what a worker would import and
    this call comes from it."""
    frame: FrameType | None = sys._getframe()
    main = _main_file()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") == "__main__":
            same = bool(main) and Path(frame.f_code.co_filename).resolve() == Path(main).resolve()
            return frame if same else None
        frame = frame.f_back
    return None


@cache
def is_guarded(file: str, line: int) -> bool:
    """Whether a line of a script is inside or after an `if` that asks which process it is in; yes
    for what cannot be read."""
    try:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return True
    return any(node.lineno <= line for node in _questions(tree))


def _questions(tree: ast.Module) -> Iterator[ast.If]:
    """The guards of a script."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            names = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
            names |= {part.attr for part in ast.walk(node.test) if isinstance(part, ast.Attribute)}
            if names & ASKED:
                yield node


# Ctrl-C: Python raises KeyboardInterrupt wherever the main thread happens to be, also between the two halves
# of a write to the ledger, inside a library that turns it into an error of its own, or while a pool holds its
# lock, which then never opens again


class Held:
    """Whether Ctrl-C was pressed since interrupts were held."""

    def __init__(self) -> None:
        """Nothing was pressed yet."""
        self.pressed = False

    def check(self) -> None:
        """KeyboardInterrupt if Ctrl-C was pressed: call it where stopping is safe."""
        if self.pressed:
            raise KeyboardInterrupt


_holding = False


@contextmanager
def hold_interrupts(wake: Callable[[], None] | None = None) -> Iterator[Held]:
    """While inside, Ctrl-C is noted and raised as KeyboardInterrupt on leaving, or by
    `Held.check`; pressed again, at once.

    `wake` is called when it is pressed, from a signal handler, so that a wait can end. Without effect outside
    the main thread (Ctrl-C never reaches others), inside another hold, and where the program handles
    Ctrl-C in a way of its own.
    """
    global _holding
    held = Held()
    before = signal.getsignal(signal.SIGINT)
    mine = threading.current_thread() is threading.main_thread()
    if _holding or not mine or before is not signal.default_int_handler:
        yield held
        return

    def note(number: int, frame: FrameType | None) -> None:
        if held.pressed:
            signal.default_int_handler(number, frame)
        held.pressed = True
        if wake is not None:
            wake()

    _holding = True
    signal.signal(signal.SIGINT, note)
    try:
        yield held
    finally:
        signal.signal(signal.SIGINT, before)
        _holding = False
    held.check()
