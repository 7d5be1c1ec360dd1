"""Reading and shaping large files, beside what pandas does by default with the same files.

Each way runs in a process of its own: seconds from the open file to typed rows (pandas: to its frame), and the
process's highest memory, imports included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import xlsxwriter
from rich.console import Console
from rich.table import Table

from tests.bench.bench_check import resident_numbers
from tests.bench.claims import Claim
from tests.bench.parts import Options
from warehouse.vocabulary import contract

DATASET = "training_record"
COLUMNS = 25
XLSX_ROWS, CSV_ROWS = 100_000, 1_000_000
_AT_ONCE = 100_000
LIMITS = {"xlsx": (6.0, 700), "csv": (12.0, None)}

_PEAK = """
import json, sys, time
from pathlib import Path
def peak():
    # Not getrusage: its maximum is inherited from the process that started this one.
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1000
"""
_OURS = (
    _PEAK
    + """
from ingest.read import read
from ingest.shape import shape
from warehouse.vocabulary.submission import Submission
begun = time.perf_counter()
submission = Submission("training_record", "HRSS", "HRSS", "2026-06", "0" * 64)
rows, reading = read(Path(sys.argv[1]).read_bytes(), "x", "training_record", submission_id=submission.submission_id)
middle = time.perf_counter()
count = shape("training_record", rows, {submission.submission_id: submission}).num_rows
done = time.perf_counter()
print(json.dumps({"rows": count, "read": middle - begun, "seconds": done - begun,
                  "mb": peak(), "problem": reading.detail}))
"""
)
_PANDAS = (
    _PEAK
    + """
import pandas
begun = time.perf_counter()
frame = pandas.read_excel(sys.argv[1]) if sys.argv[2] == "xlsx" else pandas.read_csv(sys.argv[1], encoding="gb18030")
done = time.perf_counter()
print(json.dumps({"rows": len(frame), "read": done - begun, "seconds": done - begun,
                  "mb": peak(), "problem": None}))
"""
)


def columns(first: int, count: int) -> dict[str, np.ndarray]:
    """Field → texts of `count` rows from row `first` on, 25 columns of training_record as a department writes them."""
    random = np.random.default_rng(7 + first)
    numbers, births = resident_numbers(count, random)
    index = np.arange(first, first + count)
    given_names = ("小明", "秀英", "伟", "娜", "建国")
    names = np.array([f"{family}{given_name}" for family in "王李张刘陈杨黄赵吴周" for given_name in given_names])
    days = (np.datetime64("2026-06-01") + random.integers(0, 28, count)).astype(str)
    passed, rate = random.random(count) < 0.97, random.integers(80, 101, count)
    texts_by_field: dict[str, np.ndarray] = {
        "person_name": random.choice(names, count),
        "id_type": np.full(count, "居民身份证"),
        "id_no": numbers,
        "sex": np.where(np.arange(count) % 2 == 1, "男", "女"),
        "birth_date": np.char.replace(births.astype(str), "-", "."),
        "mobile": np.char.add("138", np.char.zfill((index % 10**8).astype(str), 8)),
        "class_id": np.char.add("SZ-HRSS-2026-", (index // 40).astype(str)),
        "education": random.choice(["大学本科", "大学专科", "高中"], count),
        "hukou_type": np.full(count, "21"),
        "hukou_region": np.full(count, "440305"),
        "person_category": random.choice(["企业职工", "农民工"], count),
        "employer_name": np.char.add("深圳市某某公司", (index // 30).astype(str)),
        "attended_hours": np.char.add(np.round(rate * 0.8, 1).astype(str), "学时"),
        "attendance_rate": np.char.add(rate.astype(str), "%"),
        "exam_result": np.where(passed, "合格", "不合格"),
        "theory_score": np.where(passed, random.integers(60, 101, count), random.integers(20, 60, count)).astype(str),
        "practice_score": random.integers(60, 101, count).astype(str),
        "completed": np.where(passed, "是", "否"),
        "completion_date": np.where(passed, days, ""),
    }
    dataset = contract.dataset(DATASET)
    rest = [field.name for field in dataset.fields if field.name not in texts_by_field and field.kind == "text"]
    for name in rest[: COLUMNS - len(texts_by_field)]:
        texts_by_field[name] = np.full(count, "")
    for name in [field.name for field in dataset.fields if field.name not in texts_by_field][
        : COLUMNS - len(texts_by_field)
    ]:
        texts_by_field[name] = np.full(count, "")
    return texts_by_field


def written(rows: int, fields: Sequence[str] = ()) -> Iterator[tuple[str, ...]]:
    """The header, then row by row; all columns or those of some fields."""
    names = list(fields or columns(0, 1))
    yield tuple(contract.dataset(DATASET).field(name).title for name in names)
    for first in range(0, rows, _AT_ONCE):
        texts = columns(first, min(_AT_ONCE, rows - first))
        yield from zip(*(texts[name].tolist() for name in names), strict=True)


def write_xlsx(path: Path, rows: int, fields: Sequence[str] = ()) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("数据")
        for at, row in enumerate(written(rows, fields)):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, cell)


def write_csv(path: Path, rows: int, fields: Sequence[str] = ()) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        file.writelines(",".join(row) + "\r\n" for row in written(rows, fields))


def run(program: str, *words: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(options: Options) -> dict[str, dict[str, dict[str, float]]]:
    """Kind of file → way → rows, seconds, MB. `options.size`: rows of the text."""
    csv_rows = options.size or CSV_ROWS
    xlsx_rows = csv_rows * XLSX_ROWS // CSV_ROWS
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        timings = {}
        for kind, write, rows in (("xlsx", write_xlsx, xlsx_rows), ("csv", write_csv, csv_rows)):
            path = Path(folder) / f"rows.{kind}"
            write(path, rows)
            timings[kind] = {"ours": run(_OURS, str(path)), "pandas": run(_PANDAS, str(path), kind)}
    return timings


def show(timings: dict[str, dict[str, dict[str, float]]]) -> None:
    table = Table(
        "way",
        "seconds",
        "limit",
        "peak MB",
        "limit",
        title=f"Reading and shaping {COLUMNS} columns",
        title_justify="left",
    )
    for kind, ways in timings.items():
        seconds, memory = LIMITS[kind]
        ours, pandas = ways["ours"], ways["pandas"]
        table.add_row(
            f"{kind}, {ours['rows']:,} rows",
            f"{ours['seconds']:.1f}",
            f"{seconds:.0f}",
            f"{ours['mb']:.0f}",
            str(memory or ""),
        )
        table.add_row("  of it reading", f"{ours['read']:.1f}", "", "", "")
        table.add_row("  pandas, not typed", f"{pandas['seconds']:.1f}", "", f"{pandas['mb']:.0f}", "")
        table.add_row(
            "  pandas / ours", f"{pandas['seconds'] / ours['seconds']:.1f}", "", f"{pandas['mb'] / ours['mb']:.1f}", ""
        )
    Console().print(table)


def claims(timings: dict[str, dict[str, dict[str, float]]]) -> list[Claim]:
    """No limit is told of it but its own, beside the figure."""
    return []
