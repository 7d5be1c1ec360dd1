"""Writes a text where it stands, and only when it says something new. Ends at the file system."""

from __future__ import annotations

from pathlib import Path


def write(path: Path, text: str) -> bool:
    """Writes UTF-8; false when the file already held exactly this text. Readers never see half of it."""
    content = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    return True
