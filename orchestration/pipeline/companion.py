"""Programs that are run in our place, together, and end with us, however we end.

For programs that start others of their own, as Dagster's do: killed alone, we would leave a daemon behind that goes on
starting runs. Ends at an exit code.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Iterable, Sequence
from types import FrameType

_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 30
"""For a program that was told to end; then it is killed."""


def run(commands: Iterable[Sequence[str]]) -> int:
    """Runs the programs until one of them ends, and then ends the others; the code of the one that ended.

    Ctrl-C reaches them from the terminal; a request to end is handed on; when we are killed, the kernel interrupts
    them. To be called in the main thread, with which the kernel ties them.
    """
    library = ctypes.CDLL(None)
    # Ours first: the programs are told to end and we wait, so that they can end what they started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    programs = [subprocess.Popen(words, preexec_fn=lambda: _tie(library)) for words in commands]

    def hand_on(number: int, frame: FrameType | None) -> None:
        for program in programs:
            program.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGHUP, hand_on)
    ended = _first_ended(programs)
    hand_on(signal.SIGTERM, None)
    for program in programs:
        try:
            program.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
    return ended


def _first_ended(programs: Sequence[subprocess.Popen[bytes]]) -> int:
    """Its exit code. Told by the kernel, and taken from it by the program's own `wait`; we have no other children."""
    by_id = {program.pid: program for program in programs}
    told = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    assert told is not None
    return by_id[told.si_pid].wait()


def _tie(library: ctypes.CDLL) -> None:
    """In the new process, before the program."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
