"""Ending the program: after the first signal it stops in order, after the second at once."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

# From the first signal to the end of the process.
_LAST_SECONDS = 9.0


def listen() -> threading.Event:
    """Return the event that the first signal sets; the second ends the process at once."""
    stop_signal = threading.Event()

    def stop(number: int, _: object) -> None:
        if stop_signal.is_set():
            os._exit(128 + number)
        stop_signal.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A program started by nohup outlives its terminal.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    return stop_signal


def leave(stop: Callable[[], None]) -> NoReturn:
    """Call ``stop`` and end, within nine seconds whatever hangs."""
    print("Stopping. What is not done yet goes on at the next start.", flush=True)  # noqa: T201 - an answer to Ctrl-C
    # In a thread of its own: this one has to hear the second signal.
    stopping = threading.Thread(target=stop, name="stop", daemon=True)
    stopping.start()
    stopping.join(_LAST_SECONDS)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not by returning: Python would end the threads that are inside a model by force, which C++ answers with an abort.
    os._exit(0)
