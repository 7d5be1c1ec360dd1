"""Writes a file where it stands, as readable as its folder, and only when it says something new.

Ends at the file system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.store import durable, modes


@dataclass(frozen=True)
class Written:
    """`changed`: how many files say something new; `digests`: where each of them stands → SHA-256 of what it says."""

    changed: int = 0
    digests: Mapping[Path, str] = field(default_factory=dict)


def together(parts: Iterable[Written]) -> Written:
    changed, digests = 0, dict[Path, str]()
    for part in parts:
        changed += part.changed
        digests |= part.digests
    return Written(changed, digests)


def write_all(folder: Path, files: Mapping[str, str | bytes]) -> Written:
    """Place below the folder → content."""
    contents = {folder / place: _bytes(content) for place, content in files.items()}
    return Written(
        sum(write(path, content) for path, content in contents.items()),
        {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()},
    )


def write(path: Path, content: str | bytes) -> bool:
    """False when the file already held exactly this content; text is UTF-8. Readers never see half of it."""
    data = _bytes(content)
    if path.is_file() and path.read_bytes() == data:
        return False
    replace(path, data)
    return True


def replace(path: Path, data: bytes) -> None:
    modes.make_folder(path.parent)
    partial = path.with_name(f".{path.name}.partial")
    durable.write(partial, data, modes.of_file(path.parent))
    partial.chmod(modes.of_file(path.parent))
    partial.replace(path)


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content
