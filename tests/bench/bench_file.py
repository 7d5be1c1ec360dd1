"""`skills check` of one file, as a clerk calls it: a workbook of 5,000 rows, with and without a process that stays, and
text of 400,000."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.bench_read import write_csv, write_xlsx
from tests.bench.claims import Claim
from tests.bench.house import House
from tests.bench.parts import Options
from tests.bench.tree import SKILLS, Cost, cost
from warehouse.store.data_root import Root

WORKBOOK_ROWS, TEXT_ROWS = 5_000, 400_000
TIMES = 3
WORKBOOK, TEXT, RESIDENT = "workbook", "text", "workbook, with skills serve"
HOME = "data"


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: rows of the text. The least disturbed of three calls each."""
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        book, text = Path(folder) / "培训人次.xlsx", Path(folder) / "培训人次.csv"
        text_rows = options.size or TEXT_ROWS
        write_xlsx(book, min(WORKBOOK_ROWS, text_rows))
        write_csv(text, text_rows)
        book_rows = min(WORKBOOK_ROWS, text_rows)
        cold = {
            WORKBOOK: {"rows": book_rows} | _told(_least(book, Path(folder))),
            TEXT: {"rows": text_rows} | _told(_least(text, Path(folder))),
        }
        with House(Root(Path(folder) / HOME).make()).serving("--check-only"):
            return cold | {RESIDENT: {"rows": book_rows} | _told(_least(book, Path(folder)))}


def check(file: Path, folder: Path) -> Cost:
    """One call; rejected is an answer too."""
    of = ("--dataset", "training_record", "--department", "HRSS", "--period", "2026-06")
    words = [str(SKILLS), "check", str(file), *of, "--json", str(folder / "found.json")]
    return cost(words, folder / HOME)


def _least(file: Path, folder: Path) -> Cost:
    return min((check(file, folder) for _ in range(TIMES)), key=lambda spent: spent.wall)


def _told(spent: Cost) -> dict[str, float]:
    return {"cpu": spent.cpu, "wall": spent.wall, "peak_mb": spent.peak_mb}


def claims(report: dict[str, Any]) -> list[Claim]:
    held = []
    if report[WORKBOOK]["rows"] == WORKBOOK_ROWS:
        held += [
            Claim("skills check, 5,000-row workbook, cold: s", report[WORKBOOK]["wall"]),
            Claim("skills check, 5,000-row workbook, resident: s", report[RESIDENT]["wall"]),
        ]
    if report[TEXT]["rows"] == TEXT_ROWS:
        held.append(Claim("skills check, 400,000-row CSV: peak MB", report[TEXT]["peak_mb"]))
    return held


def show(report: dict[str, Any]) -> None:
    table = Table("file", "rows", "CPU s", "wall s", "peak MB", title="skills check", title_justify="left")
    for name, spent in report.items():
        table.add_row(
            name, f"{spent['rows']:,}", f"{spent['cpu']:.2f}", f"{spent['wall']:.2f}", f"{spent['peak_mb']:,.0f}"
        )
    Console().print(table)
