"""Runs a command and tells the file descriptor of its first argument what the command and all its descendants used.

It adopts what outlives its parent, so that nothing is missing from the account. Only what the interpreter brings:
what is measured begins at once.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
import time

_PR_SET_CHILD_SUBREAPER = 36


def main(told: int, words: list[str]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    begun = time.perf_counter()
    command = os.posix_spawn(words[0], words, os.environ, file_actions=[(os.POSIX_SPAWN_CLOSE, told)])
    code, wall = 1, 0.0
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            break
        if pid == command:
            code, wall = os.waitstatus_to_exitcode(status), time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    account = {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "code": code, "largest_mb": used.ru_maxrss / 1e3}
    os.write(told, json.dumps(account).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
