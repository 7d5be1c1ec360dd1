"""The dbt process: imports and parses at once, builds when its standard input says so, ends when that closes.

dbt needs 4 s before its first model; started while submissions are still judged, it spends them on the second core.
Its standard input stays open as long as its parent lives, whatever ends that: a parent that was killed must leave no
dbt behind that writes into a database which the next run builds anew.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import TextIO


class Orders:
    """What the parent says on standard input, read beside the work; the process ends with the parent."""

    def __init__(self, lines: TextIO) -> None:
        self._lines = lines
        self._build = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        if self._lines.readline():
            self._build.set()
            self._lines.read()
        os._exit(1)  # whatever dbt is doing: nobody is left to read what comes of it

    def wait_for_build(self) -> None:
        self._build.wait()


def main(words: list[str]) -> int:
    """`words`: dbt's options for parse and build, `--`, its options for build alone."""
    orders = Orders(sys.stdin)
    from dbt.cli.main import dbtRunner  # 3 s: by then the parent may be gone
    from dbt.contracts.graph.manifest import Manifest

    split = words.index("--")
    options, build_options = words[:split], words[split + 1 :]
    parsed = dbtRunner().invoke(["parse", *options])
    manifest = parsed.result if isinstance(parsed.result, Manifest) else None  # none: the build says why
    gc.collect()
    gc.freeze()  # the manifest stays: collections that look through it cost the build a second of 15
    orders.wait_for_build()
    done = dbtRunner(manifest=manifest).invoke(["build", *options, *build_options])
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
