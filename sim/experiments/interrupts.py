"""Ctrl-C at a moment of our choosing.

Python raises KeyboardInterrupt wherever the main thread happens to be: also between the two halves of a write to the ledger,
inside a library that turns it into an error of its own, or while a worker pool holds its lock, which then never opens again.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


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
    """While inside, Ctrl-C is noted and raised as KeyboardInterrupt on leaving, or by `Held.check`; pressed again, at once.

    `wake` is called when it is pressed, from a signal handler, so that a wait can end. Without effect outside the main thread
    (Ctrl-C never reaches others), inside another hold, and where the program handles Ctrl-C in a way of its own.
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
