"""The dbt process: imports and parses at once, builds when its standard input says so, ends when that closes.

dbt needs 4 s before its first model; started while submissions are still judged, it spends them on the second core.
"""

from __future__ import annotations

import sys

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest


def main(words: list[str]) -> int:
    """`words`: dbt's options for parse and build, `--`, its options for build alone."""
    split = words.index("--")
    options, build_options = words[:split], words[split + 1 :]
    parsed = dbtRunner().invoke(["parse", *options])
    if not sys.stdin.readline():
        return 0
    manifest = parsed.result if isinstance(parsed.result, Manifest) else None  # none: the build says why
    done = dbtRunner(manifest=manifest).invoke(["build", *options, *build_options])
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
