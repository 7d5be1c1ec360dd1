"""Checking training_record rows that lie in Parquet: the compiled SQL on DuckDB against Great Expectations on pandas.

Both engines run the same expectations (the part of the suite that both have) over the same file, load included; the
whole compiled suite, suppression, tokens and findings included, is timed beside them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from expectations import compiled, lookup
from expectations.bad_rows import find
from expectations.check import Batch, check
from warehouse.vocabulary import contract, privacy
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import FileFacts, Reading, Submission
from warehouse.vocabulary.tables import shaped_schema

DATASET = "training_record"
ROWS_PER_SUBMISSION = 5000
BAD_SHARE = 0.015
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
        "exam_result": np.where(random.random(count) < BAD_SHARE / 3, "优", "1"),
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
    return pa.Table.from_arrays(columns, schema=schema)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    gave = work()
    return time.perf_counter() - begun, gave


def shared_codes() -> list[str]:
    """The checks that Great Expectations has for both engines."""
    return [what.code for what, _ in _shared()]


def _shared() -> list[tuple[Any, Any]]:
    import great_expectations.expectations as gxe

    from expectations.compile import suite

    return [
        (what, expectation)
        for what, expectation in suite(contract.dataset(DATASET))
        if type(expectation).__module__.startswith("great_expectations")
        and not isinstance(expectation, gxe.UnexpectedRowsExpectation)
    ]


def on_pandas(file: Path) -> int:
    """Great Expectations on pandas, COMPLETE results; the number of bad cells."""
    import great_expectations as gx
    import pandas as pd

    named = _shared()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    columns = sorted({str(expectation.column) for _, expectation in named})
    frame = pd.read_parquet(file, columns=[*columns, "submission_id", "row_index"])
    batch = (
        context.data_sources.add_pandas("pandas")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("rows")
        .get_batch({"dataframe": frame})
    )
    suite = gx.ExpectationSuite(name="shared", expectations=[expectation for _, expectation in named])
    outcome = batch.validate(
        suite,
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["submission_id", "row_index"]},
    )
    return sum(result.result.get("unexpected_count") or 0 for result in outcome.results)


def on_duckdb(file: Path, codes: set[str], out: Path) -> int:
    """The same checks compiled, findings written to Parquet; the number of bad cells."""
    checks = [rule for rule in compiled.load(DATASET) if rule.code in codes]
    with duckdb.connect(config={"threads": 2}) as con:
        privacy.install(con)
        lookup.install(con)
        con.execute(f"create view {DATASET} as from read_parquet('{file}')")
        con.execute(f"copy ({find(con, DATASET, checks)}) to '{out}' (format parquet)")
        row = con.execute(f"select count(*) from read_parquet('{out}')").fetchone()
    return int(row[0]) if row else 0


def whole(file: Path, count: int) -> int:
    """The whole compiled suite as the pipeline runs it; the number of findings."""
    names = {f"{number:012d}" for number in range(-(-count // ROWS_PER_SUBMISSION))}
    readings = [
        (Submission(DATASET, "HRSS", "HRSS", "2026-06", name), Reading(FileFacts("x", name, 1)))
        for name in sorted(names)
    ]
    with duckdb.connect(config={"threads": 2}) as con:
        shaped = con.execute("from read_parquet(?)", [str(file)]).to_arrow_table()
        checked = check(con, Batch(contract.dataset(DATASET), shaped, readings, Key(bytes(32))))
    return int(checked.findings.num_rows)


def compare(count: int = 1_000_000) -> dict[str, Any]:
    """Times both engines in this process, Great Expectations' import left out; rows per second and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        pq.write_table(rows(count), file)
        codes = set(shared_codes())
        compiled_seconds, by_sql = seconds(lambda: on_duckdb(file, codes, Path(folder) / "findings.parquet"))
        pandas_seconds, by_pandas = seconds(lambda: on_pandas(file))
        whole_seconds, findings = seconds(lambda: whole(file, count))
    if by_sql != by_pandas:
        raise AssertionError(f"the engines disagree: {by_sql} by SQL, {by_pandas} by pandas")
    return {
        "rows": count,
        "checks_shared": len(codes),
        "bad_cells": by_sql,
        "compiled_seconds": round(compiled_seconds, 2),
        "pandas_seconds": round(pandas_seconds, 2),
        "compiled_rows_per_second": round(count / compiled_seconds),
        "pandas_rows_per_second": round(count / pandas_seconds),
        "ratio": round(pandas_seconds / compiled_seconds, 1),
        "whole_suite_checks": len(compiled.load(DATASET)),
        "whole_suite_seconds": round(whole_seconds, 2),
        "whole_suite_findings": findings,
    }


def show(report: dict[str, Any]) -> None:
    table = Table(
        "way", "checks", "seconds", "rows/s", title=f"Checking {report['rows']:,} rows in Parquet", title_justify="left"
    )
    table.add_row(
        "compiled SQL on DuckDB",
        str(report["checks_shared"]),
        str(report["compiled_seconds"]),
        f"{report['compiled_rows_per_second']:,}",
    )
    table.add_row(
        "Great Expectations on pandas, COMPLETE",
        str(report["checks_shared"]),
        str(report["pandas_seconds"]),
        f"{report['pandas_rows_per_second']:,}",
    )
    table.add_row(
        "whole compiled suite with tokens and findings",
        str(report["whole_suite_checks"]),
        str(report["whole_suite_seconds"]),
        f"{round(report['rows'] / report['whole_suite_seconds']):,}",
    )
    Console().print(table, f"{report['ratio']} times as fast")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    show(compare(parser.parse_args().rows))
