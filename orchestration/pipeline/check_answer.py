"""What a check of one file tells, as it goes to whoever asked: exit code, lines, JSON, pages. Checks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CheckAnswer:
    """`code`: 0 accepted or partly accepted, 1 rejected or unreadable. `json` and `pages` (file name →
    text) are empty where nobody asked for them."""

    code: int
    lines: str
    json: str
    pages: Mapping[str, str]

    def deliver(self, json_out: Path | None, report_dir: Path | None) -> str:
        """Writes the files that are asked for; what to print, which is JSON where `json_out` is `-`."""
        is_printed = json_out is not None and str(json_out) == "-"
        if json_out is not None and not is_printed:
            json_out.write_text(self.json, "utf-8")
        if report_dir is not None:
            from pages.write import files

            for name, text in self.pages.items():
                files.write(report_dir / name, text)
        return self.json if is_printed else self.lines
