"""Where this user's machine keeps what can be made again: compiled kernels, compiled catalogs, fingerprints.

Nothing of it is needed to simulate, so a machine without a place for it simulates all the same: a private
temporary folder stands in, which the workers of this process share and which goes with it.
"""

from __future__ import annotations

import atexit
import os
from functools import cache
from pathlib import Path

VARIABLE = "ESTATE_CACHE_DIR"
_refused: list[Path] = []  # folders that something stands in for and that nobody was told of yet


def cache_root() -> Path:
    """The folder of caches: the environment's ESTATE_CACHE_DIR, else the place that the system has for them.

    Where that cannot be written, a new temporary folder of this process, which
    ESTATE_CACHE_DIR names from then on.
    """
    own = os.environ.get(VARIABLE)
    if own:
        wanted = Path(own)
    else:
        # Late: where the environment names the folder, the library is not needed at all.
        import platformdirs

        wanted = Path(platformdirs.user_cache_dir("estate", appauthor=False))
    # A user without a home has the folder "~", which would be made where the user happens to stand.
    if (own or wanted.is_absolute()) and _can_be_written(wanted):
        return wanted
    _refused.append(wanted)
    return _temporary()


def refused_folder() -> Path | None:
    """The folder that could not be written and that a temporary one stands in for; None
    after it was asked for once."""
    return _refused.pop() if _refused else None


@cache
def _can_be_written(folder: Path) -> bool:
    """Whether the folder is there or can be made, and takes a file: no permission bit says
    that of every file system."""
    trial = folder / f".{os.getpid()}.trial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.touch()
        trial.unlink()
    except OSError:
        return False
    return True


def _temporary() -> Path:
    """A new folder that only this user can read, taken away when this process ends and not
    when a forked child does."""
    import shutil
    import tempfile

    folder, owner = tempfile.mkdtemp(prefix="estate-cache-"), os.getpid()
    os.environ[VARIABLE] = folder

    def take_away() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(take_away)
    return Path(folder)
