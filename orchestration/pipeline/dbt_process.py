"""The dbt process: imports and parses at once, builds when its standard input says so, ends when that closes.

dbt needs 4 s before its first model, and 4 more where it parses the project; started while submissions are still
judged, it spends them on the second core. What was parsed for any data root is taken where it is given.
Its standard input stays open as long as its parent lives, whatever ends that: a parent that was killed must leave no
dbt behind that writes into a database which the next run builds anew.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from warehouse.vocabulary import collector

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

ANYWHERE = {"SKILLS_HOME": "/any-data-root", "SKILLS_REFERENCE": "/any-reference"}
"""What the project is parsed with for any data root; only its sources tell of it."""


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
    """`words`: dbt's options for parse and build, `--`, its options for build alone, and where the project was parsed
    for any data root `--`, dbt's file of that."""
    orders = Orders(sys.stdin)
    collector.settle()  # looking for what nobody needs takes a tenth of getting ready, and all is needed
    from dbt.cli.main import dbtRunner  # 3 s: by then the parent may be gone
    from dbt.contracts.graph.manifest import Manifest

    options, build_options, parsed = parts(words)
    manifest = of_any_root(Path(parsed[0])) if parsed else None
    if manifest is None:
        result = dbtRunner().invoke(["parse", *options]).result
        manifest = result if isinstance(result, Manifest) else None  # none: the build says why
    gc.collect()
    collector.settle()  # the manifest stays: collections that look through it cost the build a second of 15
    orders.wait_for_build()
    done = dbtRunner(manifest=manifest).invoke(["build", *options, *build_options])
    return 0 if done.success else 1


def parts(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """`words` between its separators; the last part may be missing."""
    separated: list[list[str]] = [[]]
    for word in words:
        if word == "--":
            separated.append([])
        else:
            separated[-1].append(word)
    options, build_options, *parsed = separated
    return options, build_options, parsed[0] if parsed else []


def of_any_root(parsed: Path) -> Manifest | None:
    """The manifest of dbt's file with its sources where they lie for this process; null where another dbt wrote it, or
    a disk that was full cut it off."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.graph.nodes import SourceDefinition
    from dbt.parser.manifest import extended_mashumuro_decoder
    from dbt.version import __version__

    try:
        manifest = Manifest.from_msgpack(parsed.read_bytes(), decoder=extended_mashumuro_decoder)
    except Exception:  # whatever its libraries say of such a file, the project can be parsed anew
        return None
    if manifest.metadata.dbt_version != __version__:
        return None
    for name, source in manifest.sources.items():
        manifest.sources[name] = SourceDefinition.from_dict(_here(source.to_dict()))
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def _here(source: dict[str, Any]) -> dict[str, Any]:
    """A source as it is told of where its files lie for this process."""
    told = json.dumps(source)
    for name, anywhere in ANYWHERE.items():
        told = told.replace(anywhere, json.dumps(os.environ[name])[1:-1])
    located: dict[str, Any] = json.loads(told)
    return located


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
