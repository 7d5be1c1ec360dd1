"""Checking training_record rows in Parquet: the whole compiled suite, and a part of it beside other validators.

The whole suite runs as in the pipeline, suppression, masks, tokens and findings included. The 23 checks that a user of
any validator would write run in each of `peers/` over one file in several row groups, from the file to written
findings, in a process of its own with two threads; all must find the same. Not here: files of departments, which
`bench_read` and `bench_file` read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from expectations import compiled
from tests.bench.claims import Claim
from tests.bench.parts import Options
from warehouse.vocabulary import contract
from warehouse.vocabulary.project import PROJECT
from warehouse.vocabulary.tables import shaped_schema

DATASET = "training_record"
ROWS_PER_SUBMISSION = 5000
ROWS_PER_GROUP = 122_880
"""Of a Parquet file: DuckDB gives each group to one thread, and one group to one thread only."""
BAD_SHARE = 0.015
ROWS = 1_000_000
TIMES = 3
PEERS = PROJECT / "tests" / "bench" / "peers"
TOOLS = PROJECT / ".venv-bench"
FLOOR, OURS, WHOLE = "DuckDB, one hand-written query", "compiled SQL on DuckDB", "whole suite, as the pipeline runs it"
PROGRAMS = {FLOOR: "floor.py", OURS: "compiled_sql.py", WHOLE: "whole_suite.py"}
"""Those that run in the program's environment."""
PEER_PROGRAMS = {
    "polars, one hand-written query": "plain_polars.py",
    "pandera on polars": "pandera_polars.py",
    "pandera on pandas": "pandera_pandas.py",
    "Great Expectations on pandas, COMPLETE": "gx_pandas.py",
}
FLAWS: dict[str, tuple[str | None, ...]] = {
    "person_name": (None, "王" * 51),
    "id_type": ("10",),
    "id_no": (None,),
    "sex": ("3",),
    "birth_date": ("1899-12-31",),
    "mobile": ("1380013800",),
    "class_id": (None, "SZ1"),
    "education": ("00",),
    "hukou_type": ("60",),
    "person_category": (None, "06；07"),
    "industry_cluster": ("C21",),
    "attended_hours": (None, "3001"),
    "attendance_rate": ("1.01",),
    "exam_result": (None, "优"),
    "theory_score": ("101",),
    "practice_score": ("-1",),
    "completed": (None,),
    "completion_date": ("2031-01-01",),
}
"""Field → values that one of the 23 checks must find, each check at least once."""
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))


def resident_numbers(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Right resident numbers and the birth dates in them."""
    days = np.datetime64("1960-01-01") + random.integers(0, 16000, count)
    digits = np.char.add(
        np.char.add("440305", np.char.replace(days.astype(str), "-", "")),
        np.char.zfill((np.arange(count) % 1000).astype(str), 3),
    )
    sums = (digits.astype("U17").view("U1").reshape(count, 17).astype(int) * _WEIGHTS).sum(axis=1)
    return np.char.add(digits, _CHECK[sums % 11]), days


def rows(count: int, seed: int = 7) -> pa.Table:
    """Shaped training_record rows, a small share of them wrong in one way or another."""
    random = np.random.default_rng(seed)
    dataset = contract.dataset(DATASET)
    schema = shaped_schema(dataset)
    numbers, births = resident_numbers(count, random)
    bad = random.random(count) < BAD_SHARE / 3
    numbers = np.where(bad, np.char.replace(numbers, "440305", "440306"), numbers)
    index = np.arange(count)
    submissions = np.char.add(
        "HRSS-training_record-2026-06-", np.char.zfill((index // ROWS_PER_SUBMISSION).astype(str), 12)
    )
    attendance = random.integers(80, 101, count) / 100
    regions = random.choice(["440305", "430100", "360000"], count)
    values: dict[str, Any] = {
        "submission_id": submissions,
        "row_index": index % ROWS_PER_SUBMISSION + 1,
        "row_number": index % ROWS_PER_SUBMISSION + 2,
        "sheet": np.full(count, "Sheet1"),
        "department_code": np.full(count, "HRSS"),
        "unit_code": np.full(count, "HRSS"),
        "period": np.full(count, "2026-06"),
        "period_start_date": np.full(count, np.datetime64("2026-06-01")),
        "period_end_date": np.full(count, np.datetime64("2026-06-30")),
        "row_hash": np.char.add("h", index.astype(str)),
        "person_name": random.choice(["王小明", "李秀英", "欧阳娜", "陈伟"], count),
        "id_type": np.full(count, "01"),
        "id_no": numbers,
        "sex": np.where(index % 2 == 1, "1", "2"),
        "birth_date": births,
        "mobile": np.char.add("138", np.char.zfill((index % 10**8).astype(str), 8)),
        "class_id": np.char.add("SZ-HRSS-", (index // 40).astype(str)),
        "education": random.choice(["20", "30"], count),
        "hukou_type": np.where(regions == "440305", "21", "22"),
        "hukou_region": regions,
        "person_category": random.choice(["01", "06;07", "09"], count),
        "employer_name": np.full(count, "某某科技有限公司"),
        "employer_uscc": np.full(count, "91350100M000100Y43"),
        "employer_industry": random.choice(["C39", "Q"], count),
        "industry_cluster": random.choice(["C01", "C02"], count),
        "attended_hours": 80 * attendance,
        "attendance_rate": attendance,
        "exam_result": np.full(count, "1"),
        "theory_score": random.integers(60, 101, count).astype(float),
        "practice_score": random.integers(60, 101, count).astype(float),
        "completed": np.full(count, True),
        "completion_date": np.where(
            random.random(count) < BAD_SHARE / 3,
            np.datetime64("2026-07-03"),
            np.datetime64("2026-06-10") + random.integers(0, 20, count),
        ),
    }
    columns = []
    for field in schema:
        name = field.name.removesuffix("__sent")
        if field.name in values:
            columns.append(pa.array(values[field.name]).cast(field.type, safe=False))
        elif field.name.endswith("__sent") and name in values:
            columns.append(pa.array(values[name]).cast(pa.string()))
        else:
            columns.append(pa.nulls(count, field.type))
    return _flawed(pa.Table.from_arrays(columns, schema=schema), random)


def _flawed(table: pa.Table, random: np.random.Generator) -> pa.Table:
    """A third of the bad rows has one value of `FLAWS`, each of them as often; as sent, it stands there too."""
    kinds = [(field, value) for field, values in FLAWS.items() for value in values]
    flaw = np.full(table.num_rows, -1)
    bad = random.random(table.num_rows) < BAD_SHARE / 3
    flaw[bad] = np.arange(int(bad.sum())) % len(kinds)
    for field, values in FLAWS.items():
        places = [table.schema.get_field_index(name) for name in (field, f"{field}__sent")]
        for value in values:
            is_here = pa.array(flaw == kinds.index((field, value)))
            for place in places:
                sent = pa.scalar(value, pa.string()).cast(table.schema.field(place).type)
                table = table.set_column(place, table.schema.field(place), pc.if_else(is_here, sent, table[place]))
    return table


def plain(table: pa.Table) -> pa.Table:
    """What other validators are given: the same rows, decimals as double, which pandas is quicker with."""
    sys.path.insert(0, str(PEERS))
    from timing import COLUMNS, KEY

    chosen = table.select([*KEY, *COLUMNS])
    fields = [
        pa.field(field.name, pa.float64()) if pa.types.is_decimal(field.type) else field for field in chosen.schema
    ]
    return chosen.cast(pa.schema(fields))


def least(program: str, file: Path, out: Path, python: Path = Path(sys.executable)) -> dict[str, float]:
    """What a program of `peers/` costs when it is least disturbed."""
    return min((run(program, file, out, python) for _ in range(TIMES)), key=lambda spent: spent["cpu"])


def run(program: str, file: Path, out: Path, python: Path) -> dict[str, float]:
    """Processor and wall seconds and megabytes of one program of `peers/`, imports left out."""
    done = subprocess.run(
        [python, PEERS / program, file, out],
        env=os.environ | {"PYTHONPATH": str(PROJECT), "POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{program}: {done.stderr}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def fingerprint(con: duckdb.DuckDBPyConnection, out: Path) -> tuple[int, int, int]:
    """How many findings of how many checks there are, and a number that is the same only where they are the same."""
    row = con.execute(
        "select count(*), count(distinct code), bit_xor(hash(submission_id, row_index::bigint, code)) "
        "from read_parquet($out)",
        {"out": str(out)},
    ).fetchone()
    assert row
    return int(row[0]), int(row[1]), int(row[2])


def measure(options: Options) -> dict[str, Any]:
    """Each way's cost; an error where two of them do not find the same."""
    count = options.size or ROWS
    python = TOOLS / "bin" / "python"
    programs = [(way, program, Path(sys.executable)) for way, program in PROGRAMS.items() if way != WHOLE]
    if python.exists():
        programs += [(way, program, python) for way, program in PEER_PROGRAMS.items()]
    ways: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder, duckdb.connect() as con:
        shaped, typed = (Path(folder) / f"{name}.parquet" for name in ("shaped", "typed"))
        table = rows(count)
        pq.write_table(table, shaped, row_group_size=ROWS_PER_GROUP)
        pq.write_table(plain(table), typed, row_group_size=ROWS_PER_GROUP)
        del table
        findings: dict[str, tuple[int, int, int]] = {}
        for way, program, interpreter in programs:
            out = Path(folder) / f"{program}.parquet"  # each its own: DuckDB remembers a file that it has read
            ways[way] = least(program, typed, out, interpreter)
            findings[way] = fingerprint(con, out)
        if len(set(findings.values())) > 1:
            raise SystemExit(f"the validators disagree: {findings}")
        out = Path(folder) / "whole.parquet"
        ways[WHOLE] = least(PROGRAMS[WHOLE], shaped, out)
        all_findings = con.execute("select count(*) from read_parquet($out)", {"out": str(out)}).fetchall()[0][0]
    return {
        "rows": count,
        "whole_checks": len(compiled.load(DATASET)),
        "whole_findings": all_findings,
        "shared_checks": findings[FLOOR][1],
        "shared_findings": findings[FLOOR][0],
        "ways": ways,
    }


def claims(report: dict[str, Any]) -> list[Claim]:
    ways = report["ways"]
    ours = ways[OURS]["cpu"]
    held = [
        Claim("whole suite of a dataset, rows per CPU second", report["rows"] / ways[WHOLE]["cpu"]),
        Claim("shared 23 checks / DuckDB's floor, CPU", ours / ways[FLOOR]["cpu"]),
    ]
    if "pandera on polars" in ways:
        held.append(Claim("shared 23 checks / pandera on polars, CPU", ours / ways["pandera on polars"]["cpu"]))
    return held


def show(report: dict[str, Any]) -> None:
    table = Table(
        "way",
        "checks",
        "findings",
        "CPU s",
        "wall s",
        "rows per CPU s",
        "/ floor",
        "peak MB",
        title=f"Checking {report['rows']:,} rows in Parquet",
        title_justify="left",
    )
    floor = report["ways"][FLOOR]["cpu"]
    for way, spent in sorted(report["ways"].items(), key=lambda item: item[0] != WHOLE):
        part = "whole" if way == WHOLE else "shared"
        table.add_row(
            way,
            str(report[f"{part}_checks"]),
            f"{report[f'{part}_findings']:,}",
            f"{spent['cpu']:.2f}",
            f"{spent['wall']:.2f}",
            f"{report['rows'] / spent['cpu']:,.0f}",
            "" if way == WHOLE else f"{spent['cpu'] / floor:.1f}",
            f"{spent['peak_mb']:,.0f}",
        )
    console = Console()
    console.print(table)
    if len(report["ways"]) == len(PROGRAMS):
        console.print(f"{TOOLS.name} is missing, so no other validator was run: call make bench-peers.")
