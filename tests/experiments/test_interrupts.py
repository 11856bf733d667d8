"""Ctrl-C comes when it is safe, and is never lost."""

import os
import signal
import threading

import pytest

from sim.results.processes import hold_interrupts


def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_what_is_begun_is_finished_before_ctrl_c_is_raised():
    done = []
    with pytest.raises(KeyboardInterrupt), hold_interrupts():
        done.append("first half")
        press()
        done.append("second half")
    assert done == ["first half", "second half"]


def test_it_may_be_raised_earlier_where_that_is_safe_and_ends_a_wait():
    woken = threading.Event()
    with pytest.raises(KeyboardInterrupt), hold_interrupts(wake=woken.set) as held:
        held.check()
        press()
        assert woken.wait(5)
        held.check()
        pytest.fail("went on after Ctrl-C")


def test_pressed_twice_it_is_raised_at_once():
    with pytest.raises(KeyboardInterrupt), hold_interrupts():
        press()
        press()
        pytest.fail("a second Ctrl-C was held too")


def test_a_hold_in_a_hold_leaves_it_to_the_outer_one():
    reached = []
    with pytest.raises(KeyboardInterrupt), hold_interrupts():
        with hold_interrupts():
            press()
        reached.append("after the inner hold")
    assert reached == ["after the inner hold"]


def test_afterwards_ctrl_c_is_as_it_was():
    with hold_interrupts():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_another_thread_nothing_is_held_and_nothing_fails():
    seen = []

    def inside():
        with hold_interrupts() as held:
            seen.append(held.pressed)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [False] and signal.getsignal(signal.SIGINT) is signal.default_int_handler
