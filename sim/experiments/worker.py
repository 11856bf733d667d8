"""What a worker process does first: keep to one thread, leave Ctrl-C to the driver, and end when the driver ends."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

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
    """While inside, processes that are started read that numerical libraries have one thread; then as before."""
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

    `with_thread`: the thread that starts workers lives as long as the pool does, so that on Linux the kernel may end the
    worker with it; the watch on the parent's id does the same everywhere, half a second later.
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
    """Limit libraries that a forked process inherits already loaded: they no longer look at the environment."""
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
    """In a worker, free what a run left: a city refers to itself, and Python would let dozens pile up before it looks."""
    if _kept:
        gc.collect()
