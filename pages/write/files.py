"""Writes a file where it stands, as readable as its folder, and only when it says something new.

Ends at the file system.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from warehouse.store import durable, modes


def write_all(folder: Path, files: Mapping[str, str | bytes]) -> int:
    """Place below the folder → content; how many changed."""
    return sum(write(folder / place, content) for place, content in files.items())


def write(path: Path, content: str | bytes) -> bool:
    """False when the file already held exactly this content; text is UTF-8. Readers never see half of it."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    modes.make_folder(path.parent)
    partial = path.with_name(f".{path.name}.partial")
    durable.write(partial, data, modes.of_file(path.parent))
    partial.chmod(modes.of_file(path.parent))
    partial.replace(path)
    return True
