"""Runs a dataset's compiled checks over all new rows at once and decides each submission.

Imports no Great Expectations and reads no other submission: that is `cross_submission`. Ends at tables in memory;
`commit` stores them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress

import duckdb
import pyarrow as pa

from expectations import compiled, lookup, outcome, versions
from expectations.compiled import Check
from expectations.missing_source import missing_sources
from expectations.outcome import FileFinding
from warehouse.store.records import ApprovedException
from warehouse.vocabulary import contract, period, privacy, reference
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Check as NotRun
from warehouse.vocabulary.submission import Decision, Reading, Rows, Submission
from warehouse.vocabulary.tables import FINDING, accepted_schema, shaped_schema

_ROW_KEY = "submission_id, row_index"
ROW_TOKEN_SQL = "token('ROW|' || row_hash)"
_SCANNED_AT_ONCE = 20_000
"""Rows of an Arrow batch: DuckDB gives each batch to one thread."""


@dataclass(frozen=True)
class Checked:
    """What checking gave for all submissions of one dataset.

    `findings`: `tables.FINDING`. `accepted`: `tables.accepted_schema`, null when no key was given. `held`:
    `tables.shaped_schema`. All ordered by submission_id and row_index; whole-file findings come first.
    """

    dataset: Dataset
    decisions: list[Decision]
    findings: pa.Table
    accepted: pa.Table | None
    held: pa.Table


@dataclass(frozen=True)
class Batch:
    """Submissions of one dataset that are checked together.

    Args:
        shaped: all their rows, `tables.shaped_schema(dataset)`: an Arrow table or the text of a relation.
        readings: each submission with what reading its file gave; one without rows too.
        key: makes the tokens of what is accepted; without it nothing is accepted for storing (`skills check`).
        exceptions: what the bureau lets pass; used ones are named in the decision.
        checks: others than those that stand, for a preview; what they decide is not to be stored.
    """

    dataset: Dataset
    shaped: str | pa.Table
    readings: Sequence[tuple[Submission, Reading]]
    key: Key | None
    exceptions: Sequence[ApprovedException] = ()
    checks: Sequence[Check] | None = None


@dataclass(frozen=True)
class _Counts:
    received: int = 0
    critical: int = 0


@dataclass(frozen=True)
class _Judged:
    """What the checks gave for one submission; `absent`: fields that its file does not have, `exceptions`: ids of those
    that were used."""

    counts: _Counts
    problems: list[FileFinding]
    absent: frozenset[str]
    exceptions: tuple[str, ...]


def check(con: duckdb.DuckDBPyConnection, batch: Batch) -> Checked:
    """Checks all rows of a batch and decides every submission in its `readings`.

    Only temporary objects are made in `con`, and the tables are dropped again.
    """
    dataset, readings, key = batch.dataset, batch.readings, batch.key
    checks = compiled.load(dataset.name) if batch.checks is None else batch.checks
    with _prepared(con, dataset, batch.shaped, key):
        _find(con, dataset.name, checks)
        _suppress(con, checks, readings)
        used = _except(con, batch.exceptions, [submission for submission, _ in readings])
        counts = _counts(con, dataset.name)
        absent = _absent_fields(con, dataset, readings)
        decisions, file_findings = [], []
        for submission, reading in readings:
            name = submission.submission_id
            row_counts = counts.get(name, _Counts())
            share = outcome.critical_share(submission.period)
            problems = list(
                outcome.file_findings(dataset.name, reading, row_counts.received, row_counts.critical, share)
            )
            file_findings += [(name, finding) for finding in problems]
            judged = _Judged(row_counts, problems, absent.get(name, frozenset()), used.get(name, ()))
            decisions.append(_decide(submission, reading, judged, checks, key))
        _hold(con, dataset.name, decisions)
        return Checked(
            dataset,
            decisions,
            _findings(con, dataset, checks, readings, file_findings, key),
            _accepted(con, dataset) if key else None,
            _held(con, dataset),
        )


@contextmanager
def _prepared(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, shaped: str | pa.Table, key: Key | None
) -> Iterator[None]:
    privacy.install(con, key)
    lookup.install(con)
    if isinstance(shaped, pa.Table):
        con.register(dataset.name, pa.Table.from_batches(shaped.to_batches(_SCANNED_AT_ONCE), shaped.schema))
    elif shaped != dataset.name:
        con.execute(f"create or replace temp view {dataset.name} as from {shaped}")
    try:
        yield
    finally:
        for table in ("hit", "kept", "bad", "held_row"):
            con.execute(f"drop table if exists temp.{table}")
        if isinstance(shaped, pa.Table):
            con.unregister(dataset.name)
        elif shaped != dataset.name:
            con.execute(f"drop view if exists temp.{dataset.name}")


def find(con: duckdb.DuckDBPyConnection, table: str, checks: Sequence[Check]) -> str:
    """SQL that gives submission_id, row_index and check_number (the place in `checks`) of every bad row.

    Conditions on one row run together in one pass over the table; every other check is a query of its own.
    """
    conditions = {number: check.condition for number, check in enumerate(checks) if check.condition}
    parts = [
        f"select {_ROW_KEY}, {number}::smallint as check_number from ({check.sql})"
        for number, check in enumerate(checks)
        if number not in conditions
    ]
    if conditions:
        either = " or ".join(f"({condition})" for condition in conditions.values())
        each = ", ".join(
            f"case when {condition} then {number}::smallint end" for number, condition in conditions.items()
        )
        parts.append(
            f"select {_ROW_KEY}, unnest(list_filter([{each}], number -> number is not null)) as check_number "
            f"from {table} where {either}"
        )
    return " union all ".join(parts)


def _find(con: duckdb.DuckDBPyConnection, table: str, checks: Sequence[Check]) -> None:
    con.execute(f"create or replace temp table hit as {find(con, table, checks)}")


def _suppress(
    con: duckdb.DuckDBPyConnection, checks: Sequence[Check], readings: Sequence[tuple[Submission, Reading]]
) -> None:
    """One cause, one finding: leaves in `kept` what no other finding on the row explains.

    A rule yields to a fact about one of its fields and to the codes it names; everything yields to a missing column.
    """
    con.register("checks", facts_table(checks))
    unjudged = [
        (submission.submission_id, name)
        for submission, reading in readings
        for name in _unjudged_fields(submission.dataset, reading)
    ]
    con.register(
        "missing",
        pa.table(
            {
                "submission_id": pa.array([submission_id for submission_id, _ in unjudged], pa.string()),
                "field": pa.array([name for _, name in unjudged], pa.string()),
            }
        ),
    )
    con.execute(
        f"create or replace temp table kept as {SUPPRESSED} and not exists (select 1 from missing "
        "where missing.submission_id = hit.submission_id and list_contains(fields, missing.field))"
    )
    con.execute("alter table kept add column exception_id varchar")
    con.unregister("missing")


def _except(
    con: duckdb.DuckDBPyConnection, exceptions: Sequence[ApprovedException], submissions: Sequence[Submission]
) -> dict[str, tuple[str, ...]]:
    """Turns findings that an exception lets pass into information; the exceptions used, by submission."""
    covered = [
        (submission.submission_id, exception)
        for submission in submissions
        for exception in exceptions
        if exception.covers(submission.department, submission.period)
    ]
    if not covered:
        return {}
    con.register(
        "exception",
        pa.table(
            {
                "submission_id": pa.array([name for name, _ in covered], pa.string()),
                "code": pa.array([exception.rule for _, exception in covered], pa.string()),
                "most": pa.array([exception.rows for _, exception in covered], pa.int64()),
                "id": pa.array([exception.exception_id for _, exception in covered], pa.string()),
            }
        ),
    )
    con.execute("""
        update kept set exception_id = allowed.id, severity = 'info'
        from (
            select submission_id, check_number, min(id) as id
            from kept join checks using (check_number) join exception using (submission_id, code)
            where kept.severity <> 'info'
            group by submission_id, check_number, most having count(distinct row_index) <= most
        ) as allowed
        where kept.submission_id = allowed.submission_id and kept.check_number = allowed.check_number
    """)
    con.unregister("exception")
    return {
        submission_id: tuple(used)
        for submission_id, used in con.execute(
            "select submission_id, list(distinct exception_id order by exception_id) from kept "
            "where exception_id is not null group by all"
        ).fetchall()
    }


def _unjudged_fields(dataset: str, reading: Reading) -> Sequence[str]:
    """Fields without a column; all of them where the file as a whole is not taken."""
    return [field.name for field in contract.dataset(dataset).fields] if reading.problem else reading.missing


SUPPRESSED = """
    with explained as (
        select submission_id, row_index, list(code) as codes,
               coalesce(list(field) filter (is_fact), []) as fact_fields
        from hit join checks using (check_number) group by all
    )
    select hit.submission_id, hit.row_index, check_number, severity, field, is_fact
    from hit join checks using (check_number) join explained using (submission_id, row_index)
    where not list_has_any(unless, codes) and (is_fact or not list_has_any(fields, fact_fields))
"""


def facts_table(checks: Sequence[Check]) -> pa.Table:
    """The checks' facts by number, as the queries here read them."""
    texts = pa.list_(pa.string())
    return pa.table(
        {
            "check_number": pa.array(range(len(checks)), pa.int16()),
            "code": [check.code for check in checks],
            "severity": [check.severity for check in checks],
            "field": [check.fields[0] for check in checks],
            "fields": pa.array([list(check.fields) for check in checks], texts),
            "unless": pa.array([list(check.unless) for check in checks], texts),
            "is_fact": [check.is_fact for check in checks],
            "message": [check.message for check in checks],
            "fix": [check.fix for check in checks],
        }
    )


def _counts(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, _Counts]:
    rows = con.execute(f"""
        select submission_id, received, coalesce(critical, 0)
        from (select submission_id, count(*) as received from {table} group by all)
        left join (select submission_id, count(distinct row_index) as critical from kept
                   where severity = 'critical' group by all) using (submission_id)
    """).fetchall()
    return {submission_id: _Counts(received, critical) for submission_id, received, critical in rows}


def _absent_fields(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, readings: Sequence[tuple[Submission, Reading]]
) -> dict[str, frozenset[str]]:
    """Submission → the fields that no column and no constant of the feed gave."""
    unmapped = {
        submission.submission_id: {field.name for field in dataset.fields} - set(reading.mapped.values())
        for submission, reading in readings
        if not reading.problem
    }
    names = sorted(set().union(*unmapped.values()))
    if not names:
        return {}
    filled = con.execute(
        f"select submission_id, {', '.join(f'count({name}) > 0' for name in names)} from {dataset.name} group by all"
    ).fetchall()
    filled_fields = {submission_id: set(compress(names, is_filled)) for submission_id, *is_filled in filled}
    return {
        submission_id: frozenset(fields - filled_fields.get(submission_id, set()))
        for submission_id, fields in unmapped.items()
    }


def _decide(
    submission: Submission, reading: Reading, judged: _Judged, checks: Sequence[Check], key: Key | None
) -> Decision:
    counts = judged.counts
    reached = outcome.outcome(reading, judged.problems, counts.critical)
    held = counts.received if reached == "rejected" else counts.critical
    not_run = tuple(_not_run(submission, reading, checks, judged.absent))
    ran = {check.code for check in checks} - {skipped.rule for skipped in not_run}
    return Decision(
        submission=submission,
        outcome=reached,
        reading=reading,
        rows=Rows(counts.received + reading.withdrawn, counts.received - held, held, reading.withdrawn),
        checks_run=0 if reading.problem else len(ran),
        checks_not_run=not_run,
        rules_version=versions.rules_version(),
        reference_version=reference.version(),
        program_version=versions.program_version(),
        key_id=key.key_id if key else None,
        exceptions=judged.exceptions,
    )


def _not_run(
    submission: Submission, reading: Reading, checks: Sequence[Check], absent: frozenset[str]
) -> Iterator[NotRun]:
    if reading.problem:
        yield NotRun("*", "文件没有可读的数据行，各项内容检查均未进行。")
        return
    dataset, reported = contract.dataset(submission.dataset), period.parse(submission.period)
    for check in checks:
        missing = [dataset.field(name).title for name in check.needs if name in absent]
        if reported and not check.holds_on(reported.end):
            yield NotRun(check.code, f"这项检查适用于报告期截止日在以下期间的报送：{check.dates}。")
        elif missing:
            yield NotRun(check.code, f"文件没有“{missing[0]}”这一列。")
    for source in missing_sources():
        if submission.dataset in source.datasets:
            yield NotRun(source.code, source.reason)


def _hold(con: duckdb.DuckDBPyConnection, table: str, decisions: Sequence[Decision]) -> None:
    con.register(
        "rejected",
        pa.table(
            {
                "submission_id": pa.array(
                    [decision.submission_id for decision in decisions if decision.outcome == "rejected"], pa.string()
                )
            }
        ),
    )
    con.execute(f"""
        create or replace temp table held_row as
        select submission_id, row_index from kept where severity = 'critical'
        union select {_ROW_KEY} from {table} semi join rejected using (submission_id)
    """)
    con.unregister("rejected")


def _findings(
    con: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    checks: Sequence[Check],
    readings: Sequence[tuple[Submission, Reading]],
    file_findings: Sequence[tuple[str, FileFinding]],
    key: Key | None,
) -> pa.Table:
    con.execute(
        f"create or replace temp table bad as from {dataset.name} "
        f"semi join (select distinct {_ROW_KEY} from kept) using ({_ROW_KEY})"
    )
    con.register("letters", column_letters(readings))
    judged = {check.fields[0] for check in checks}
    values = " ".join(f"when '{field.name}' then {_shown(field)}" for field in dataset.fields if field.name in judged)
    expected = " ".join(
        f"when {number} then redact(cast({check.expected} as varchar))"
        for number, check in enumerate(checks)
        if check.expected
    )
    rows = con.execute(f"""
        select submission_id, code as rule, kept.severity, kept.field, bad.sheet, row_index, row_number as row,
               letter || row_number as cell, case kept.field {values} end as value,
               {f"case check_number {expected} end" if expected else "null"} as expected, message, fix,
               {_identity(dataset) if key else "null"} as finding_identity,
               {ROW_TOKEN_SQL if key else "null"} as row_token, exception_id
        from kept join bad using ({_ROW_KEY}) join checks using (check_number)
        left join letters on letters.submission_id = bad.submission_id and letters.field = kept.field
             and letters.sheet is not distinct from bad.sheet
        order by {_ROW_KEY}, check_number
    """).to_arrow_table()
    con.unregister("letters")
    con.unregister("checks")
    whole = pa.Table.from_pylist(
        [
            {
                "submission_id": submission_id,
                "rule": finding.rule,
                "severity": finding.severity,
                "field": finding.field,
                "expected": finding.expected,
                "message": privacy.redact(finding.message),
                "fix": finding.fix,
                "finding_identity": _file_identity(finding, key),
            }
            for submission_id, finding in file_findings
        ],
        FINDING,
    )
    together = pa.concat_tables([whole, rows.cast(FINDING)])
    # A stable sort keeps the checks' order within a row.
    order = pa.array(range(together.num_rows), pa.int64())
    return (
        together.append_column("place", order)
        .sort_by([("submission_id", "ascending"), ("place", "ascending")])
        .drop_columns(["place"])
    )


def _identity(dataset: Dataset) -> str:
    """SQL for what stays the same of a finding from submission to submission: rule, field, natural key of the row; of
    several on one key, the first, the second, …"""
    parts = [
        "code",
        "kept.field",
        *(
            f"coalesce(cast(bad.{field.name} as varchar), bad.{field.sent}, '')"
            for field in dataset.fields
            if field.is_key
        ),
    ]
    text = f"concat_ws(chr(31), {', '.join(parts)})"
    return (
        f"token('FINDING|' || {text} || '#' || row_number() over "
        f"(partition by bad.submission_id, {text} order by row_index))"
    )


def _file_identity(finding: FileFinding, key: Key | None) -> str | None:
    """A message about the share of rows changes with each file; its rule and field do not."""
    told = "" if finding.severity == "critical" else finding.message
    return key.token(f"FINDING|{finding.rule}|{finding.field}|{told}") if key else None


def _shown(field: Field) -> str:
    """A cell as it may be shown: as sent, else as understood; masked."""
    return privacy.mask_sql(field, f"coalesce({field.sent}, {typed_text(field)})")


def typed_text(field: Field) -> str:
    """SQL for a typed value as people write it: yuan for fen, no trailing zeros."""
    if field.kind == "money":
        return f"printf('%.2f', {field.name} / 100)"
    if field.kind in ("decimal", "percent"):
        return f"regexp_replace(cast({field.name} as varchar), '[.]?0+$', '')"
    return f"cast({field.name} as varchar)"


def column_letters(readings: Sequence[tuple[Submission, Reading]]) -> pa.Table:
    """submission_id, sheet, field → letter of the column; JSON has none."""
    letter_by_place = {
        (submission.submission_id, column.sheet, column.field): column.letter
        for submission, reading in readings
        for column in reading.columns
        if column.field and column.letter
    }
    text = pa.string()
    return pa.table(
        {
            "submission_id": pa.array([place[0] for place in letter_by_place], text),
            "sheet": pa.array([place[1] for place in letter_by_place], text),
            "field": pa.array([place[2] for place in letter_by_place], text),
            "letter": pa.array(letter_by_place.values(), text),
        }
    )


def _accepted(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> pa.Table:
    """Rows without a critical finding; what a field's warning is about is emptied, identifiers become tokens."""
    doubted = {
        row[0]
        for row in con.execute("select distinct field from kept where is_fact and severity = 'warning'").fetchall()
    }
    schema = accepted_schema(dataset)
    shared = set(shaped_schema(dataset).names) - {field.name for field in dataset.fields}
    place = [name for name in schema.names if name in shared]
    fields = [
        f"case when not coalesce(list_contains(doubted_fields, '{field.name}'), false) then {field.name} end "
        f"as {field.name}"
        if field.name in doubted
        else field.name
        for field in dataset.fields
    ]
    columns = ", ".join(
        f"cast({column.sql} as {_sql_type(column.type)}) as {column.name}"
        for column in privacy.accepted_columns(dataset)
    )
    return (
        con.execute(f"""
        with doubt as (
            select {_ROW_KEY}, list(field) as doubted_fields from kept
            where is_fact and severity = 'warning' group by all
        ),
        good as (
            select {", ".join([*place, "row_hash", *fields])} from {dataset.name} anti join held_row using ({_ROW_KEY})
            left join doubt using ({_ROW_KEY})
        )
        select {", ".join(place)}, {ROW_TOKEN_SQL} as row_token, {columns} from good order by {_ROW_KEY}
    """)
        .to_arrow_table()
        .cast(schema)
    )


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    names = {
        pa.string(): "varchar",
        pa.int64(): "bigint",
        pa.int32(): "integer",
        pa.date32(): "date",
        pa.bool_(): "boolean",
    }
    return names[kind]


def _held(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> pa.Table:
    return (
        con.execute(f"from {dataset.name} semi join held_row using ({_ROW_KEY}) order by {_ROW_KEY}")
        .to_arrow_table()
        .cast(shaped_schema(dataset))
    )
