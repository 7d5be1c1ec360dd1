"""Writes a file where it stands, and only when it says something new. Ends at the file system."""

from __future__ import annotations

from pathlib import Path


def write(path: Path, text: str) -> bool:
    """`write_bytes` in UTF-8."""
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> bool:
    """False when the file already held exactly this. Readers never see half of it."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    return True
