"""A program that is run in our place and ends with us, however we end.

For programs that start others of their own, as Dagster's does: killed alone, it would leave a daemon behind that goes
on starting runs. Ends at the program's exit code.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
from collections.abc import Sequence
from types import FrameType

_PR_SET_PDEATHSIG = 1


def run(words: Sequence[str]) -> int:
    """Runs the program until it ends. Ctrl-C reaches it from the terminal; a request to end is handed on; when we are
    killed, the kernel interrupts it. To be called in the main thread, with which the kernel ties it."""
    library = ctypes.CDLL(None)
    # Ours first: the program is told to end and we wait, so that it can end what it started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    program = subprocess.Popen(words, preexec_fn=lambda: _tie(library))

    def hand_on(number: int, frame: FrameType | None) -> None:
        program.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGHUP, hand_on)
    return program.wait()


def _tie(library: ctypes.CDLL) -> None:
    """In the new process, before the program."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
