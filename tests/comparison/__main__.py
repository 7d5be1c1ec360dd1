"""`python -m tests.comparison BEFORE AFTER`: are two data roots of the same world equal, file by file?

For changes that move and rename: make a demo and a run with a checkout of the state before and with this one, under
the same `SKILLS_KEY` and as-of day, then compare. What may differ is `NORMALISED`, and nothing else. Exit 1 where the
roots differ, with each file that does.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

COMPARED = ("inbox", "truth", "received", "held", "decided", "published/current", "reports", "corrections")
NORMALISED = {
    "moments of this run": r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)",
    "digests of whole files and of publications": r"\b[0-9a-f]{64}\b",
    "digest of the script that a page allows": r"sha256-[A-Za-z0-9+/]{43}=",
    "words that the dashboard's scripts take from their data": r'(?<=,)"words":\{.*?\},(?="targets":)',
}
"""What may differ → how it is found; beside it the versions and the id of the publication's manifest, and the scripts
of the dashboard, which are a part of the program: what they draw is `data.js`."""


def versions(root: Path) -> dict[str, str]:
    """Each version, and the publication's id, of a root → its name."""
    manifest: dict[str, Any] = json.loads((root / "published/current/manifest.json").read_text("utf-8"))
    names = {value: f"<{name}>" for name, value in manifest["versions"].items() if value}
    return names | {manifest["publication_id"]: "<publication>"}


def normalised(text: str, named: dict[str, str]) -> str:
    for pattern in NORMALISED.values():
        text = re.sub(pattern, "<>", text)
    for value, name in named.items():
        text = text.replace(value, name)
    return text


def files(root: Path, named: dict[str, str]) -> dict[str, Path]:
    """Name below the root, versions replaced → file."""
    return {
        normalised(path.relative_to(root).as_posix(), named): path
        for folder in COMPARED
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and not _is_left_out(path)
    }


def _is_left_out(path: Path) -> bool:
    """DuckDB's own file (its tables stand beside it as Parquet), seals of what was written, scripts."""
    is_script = path.suffix == ".js" and path.name != "data.js"
    return path.suffix == ".duckdb" or ".facts" in path.parts or is_script


def is_equal(before: Path, after: Path, names: tuple[dict[str, str], dict[str, str]]) -> bool:
    if before.read_bytes() == after.read_bytes():
        return True
    if before.suffix == ".parquet":
        rows = [_rows(path, named) for path, named in zip((before, after), names, strict=True)]
        return rows[0] == rows[1]
    if before.suffix == ".xlsx" and zipfile.is_zipfile(before):
        parts = [_parts(path, named) for path, named in zip((before, after), names, strict=True)]
        return parts[0] == parts[1]
    texts = [
        normalised(path.read_text("utf-8", errors="replace"), named)
        for path, named in zip((before, after), names, strict=True)
    ]
    return texts[0] == texts[1]


def _rows(path: Path, named: dict[str, str]) -> str:
    table = pq.read_table(path)
    return normalised(f"{table.schema}\n{table.to_pylist()}", named)


def _parts(path: Path, named: dict[str, str]) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: normalised(archive.read(name).decode("utf-8"), named) for name in archive.namelist()}


def differences(before: Path, after: Path) -> Iterator[str]:
    """Each file that one root lacks or that differs."""
    names = versions(before), versions(after)
    left, right = files(before, names[0]), files(after, names[1])
    for name in sorted(left.keys() | right.keys()):
        if name not in right:
            yield f"only before: {name}"
        elif name not in left:
            yield f"only after: {name}"
        elif not is_equal(left[name], right[name], names):
            yield f"differs: {name}"


def main() -> None:
    before, after = map(Path, sys.argv[1:])
    differing = list(differences(before, after))
    print("\n".join(differing) or "equal")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
