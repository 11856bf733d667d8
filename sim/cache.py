"""Where this user's machine keeps what can be made again: compiled kernels, compiled catalogs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_root() -> Path:
    """The folder of caches: the environment's ESTATE_CACHE_DIR, else the place that the system has for them."""
    own = os.environ.get("ESTATE_CACHE_DIR")
    if own:
        return Path(own)
    # Late: where the environment names the folder, the library is not needed at all.
    import platformdirs

    return Path(platformdirs.user_cache_dir("estate", appauthor=False))
