"""Writes a file where it stands, and only when it says something new. Ends at the file system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_all(folder: Path, files: Mapping[str, str | bytes]) -> int:
    """Place below the folder → content; how many changed."""
    return sum(write(folder / place, content) for place, content in files.items())


def write(path: Path, content: str | bytes) -> bool:
    """False when the file already held exactly this content; text is UTF-8. Readers never see half of it."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)
    return True
