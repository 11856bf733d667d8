"""What a user is told once about the machine, on stderr, whichever way the simulation was begun."""

from __future__ import annotations

import sys

from sim.cache import VARIABLE, cache_root, refused_folder
from sim.text import say


def tell_of_cache() -> None:
    """Say that nothing compiled is kept, and the remedy, if the folder of caches cannot be written; once in a process."""
    cache_root()
    refused = refused_folder()
    if refused is not None:
        print(say("cache.temporary", folder=refused, variable=VARIABLE), file=sys.stderr, flush=True)
