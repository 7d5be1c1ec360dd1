"""Runs a dataset's compiled checks over all new rows at once and decides each submission.

Imports no Great Expectations and reads no other submission: that is `cross_submission`. Which rows are bad is
`bad_rows`, what goes on of the good ones `accepted`. Ends at tables in memory; `commit` stores them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import compress

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations import bad_rows, compiled, lookup, outcome, pairs, versions
from expectations.accepted import ROW_TOKEN_SQL, SCANNED_AT_ONCE, accepted_rows
from expectations.bad_rows import ROW_KEY
from expectations.cell_text import shown
from expectations.compiled import Check
from expectations.missing_source import missing_sources
from expectations.outcome import Counts, FileFinding
from warehouse.store.records import ApprovedException
from warehouse.vocabulary import contract, period, privacy, reference
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import Check as NotRun
from warehouse.vocabulary.submission import Decision, Reading, Rows, Submission
from warehouse.vocabulary.tables import FINDING, accepted_schema, shaped_schema

_TOO_MUCH = "检查这个文件需要的内存超出限制，多半是同样的行重复太多；请删去重复的行，或分成几个文件。"


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
        shaped: all their rows, `tables.shaped_schema(dataset)`, ordered by submission_id and row_index: one table, or
            blocks of it, which are gone through twice; where those are many, one at a time is held.
        readings: each submission with what reading its file gave; one without rows too.
        key: makes the tokens of what is accepted; without it nothing is accepted for storing (`skills check`).
        exceptions: what the bureau lets pass; used ones are named in the decision.
        checks: others than those that stand, for a preview; what they decide is not to be stored.
    """

    dataset: Dataset
    shaped: pa.Table | Sequence[pa.Table]
    readings: Sequence[tuple[Submission, Reading]]
    key: Key | None
    exceptions: Sequence[ApprovedException] = ()
    checks: Sequence[Check] | None = None

    @property
    def blocks(self) -> Sequence[pa.Table]:
        return (self.shaped,) if isinstance(self.shaped, pa.Table) else self.shaped


@dataclass(frozen=True)
class _Judged:
    """What the checks gave for one submission; `absent`: fields that its file does not have, `exceptions`: ids of those
    that were used."""

    counts: Counts
    problems: list[FileFinding]
    absent: frozenset[str]
    exceptions: tuple[str, ...]


@dataclass
class _Seen:
    """What going through all blocks once told: rows by submission, and which of the asked fields have a value."""

    received: Counter[str] = field(default_factory=Counter)
    filled: dict[str, set[str]] = field(default_factory=dict)


def check(con: duckdb.DuckDBPyConnection, batch: Batch) -> Checked:
    """Checks all rows of a batch and decides every submission in its `readings`.

    Only temporary objects are made in `con`, and the tables are dropped again. A submission whose findings take more
    memory than `con` has (400,000 rows that all stand fifty times) is decided as one that cannot be read.

    Raises:
        duckdb.OutOfMemoryException: several submissions together take more memory; one alone never does.
    """
    try:
        return _check(con, batch)
    except duckdb.OutOfMemoryException:
        if len(batch.readings) > 1:
            raise
        ((submission, reading),) = batch.readings
        refused = Reading(reading.file, problem="too_large", detail=_TOO_MUCH)
        return _check(con, replace(batch, shaped=batch.blocks[0].slice(0, 0), readings=[(submission, refused)]))


def _check(con: duckdb.DuckDBPyConnection, batch: Batch) -> Checked:
    dataset, readings, key = batch.dataset, batch.readings, batch.key
    checks = compiled.load(dataset.name) if batch.checks is None else batch.checks
    unmapped = _unmapped_fields(dataset, readings)
    with _prepared(con, dataset, key):
        seen = _find(con, batch, checks, sorted(set().union(*unmapped.values())))
        _suppress(con, checks, readings)
        has_partners = pairs.find(con, dataset.name, checks)
        used = _except(con, batch.exceptions, [submission for submission, _ in readings])
        critical = _critical_rows(con)
        decisions, file_findings = [], []
        for submission, reading in readings:
            name = submission.submission_id
            counts = Counts(seen.received[name], *critical.get(name, (0, 0)))
            tolerance = outcome.tolerance(submission.period)
            problems = list(outcome.file_findings(dataset.name, reading, counts, tolerance))
            file_findings += [(name, finding) for finding in problems]
            absent = unmapped.get(name, frozenset()) - seen.filled.get(name, set())
            judged = _Judged(counts, problems, absent, used.get(name, ()))
            decisions.append(_decide(submission, reading, judged, checks, key))
        blocks = batch.blocks
        sorted_rows = [_sort(con, dataset, blocks[at], decisions, key) for at in range(len(blocks))]
        bad = pa.concat_tables([rows.bad for rows in sorted_rows] or [shaped_schema(dataset).empty_table()])
        return Checked(
            dataset,
            decisions,
            _findings(con, dataset, _Told(checks, readings, file_findings, has_partners), bad, key),
            _joined([rows.accepted for rows in sorted_rows], accepted_schema(dataset)) if key else None,
            _joined([rows.held for rows in sorted_rows], shaped_schema(dataset)),
        )


def _joined(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *tables])


@contextmanager
def _prepared(con: duckdb.DuckDBPyConnection, dataset: Dataset, key: Key | None) -> Iterator[None]:
    privacy.install(con, key)
    lookup.install(con)
    try:
        yield
    finally:
        for table in ("hit", "kept", "partner", "partnered", dataset.name):
            con.execute(f"drop table if exists temp.{table}")


@contextmanager
def _rows(con: duckdb.DuckDBPyConnection, dataset: Dataset, block: pa.Table) -> Iterator[str]:
    """The name under which `con` sees a block, each row with its place in it from 0."""
    name = f"{dataset.name}__rows"
    placed = block.append_column("place", pa.array(np.arange(block.num_rows)))
    con.register(name, pa.Table.from_batches(placed.to_batches(SCANNED_AT_ONCE), placed.schema))
    try:
        yield name
    finally:
        con.unregister(name)


def _find(con: duckdb.DuckDBPyConnection, batch: Batch, checks: Sequence[Check], asked: Sequence[str]) -> _Seen:
    """Lays every bad row into `hit`; tells of the fields `asked` where they have a value.

    The checks of whole files read a table of the few columns that they need, gathered block by block: laying it once
    costs less than ten looks at Arrow's rows, and DuckDB may spill it.
    """
    table, seen = batch.dataset.name, _Seen()
    shared = bad_rows.shared_columns(batch.dataset, checks)
    computed = "".join(f", {expression} as {name}" for expression, name in shared.items())
    by_file = bad_rows.by_file(checks, shared)
    con.execute("create or replace temp table hit (submission_id varchar, row_index bigint, check_number smallint)")
    for at in range(len(batch.blocks)):
        block = batch.blocks[at]
        with _rows(con, batch.dataset, block) as rows:
            con.execute(f"create or replace temp view block as select *{computed} from {rows}")
            _look(con, seen, rows, block, asked)
            by_row = bad_rows.by_row(f"block as {table}", bad_rows.conditions_for(con, block, checks, shared))
            if by_row:
                con.execute(f"insert into hit {by_row}")
            if by_file:
                named = {"row_hash", *bad_rows.words(by_file)}
                columns = sorted(named.intersection([*block.column_names, *shared.values()]))
                con.execute(
                    f"create temp table if not exists {table} as select {', '.join(columns)} from block limit 0"
                )
                con.execute(f"insert into {table} select {', '.join(columns)} from block")
            con.execute("drop view temp.block")
        del block  # before the next one is made
    if by_file:
        con.execute(f"insert into hit {by_file}")
    return seen


def _look(con: duckdb.DuckDBPyConnection, seen: _Seen, rows: str, block: pa.Table, asked: Sequence[str]) -> None:
    for entry in block["submission_id"].value_counts().to_pylist():
        seen.received[entry["values"]] += entry["counts"]
    # Most columns are empty or full in all rows, which Arrow knows without a look.
    full = [name for name in asked if block.num_rows and not block[name].null_count]
    partly = [name for name in asked if 0 < block[name].null_count < block.num_rows]
    for submission_id in pc.unique(block["submission_id"]).to_pylist() if full else []:
        seen.filled.setdefault(submission_id, set()).update(full)
    if partly:
        filled = con.execute(
            f"select submission_id, {', '.join(f'count({name}) > 0' for name in partly)} from {rows} group by all"
        ).fetchall()
        for submission_id, *is_filled in filled:
            seen.filled.setdefault(submission_id, set()).update(compress(partly, is_filled))


@dataclass(frozen=True)
class _Sorted:
    """The rows of a block: those with a finding and their partners, those held, and of the others what goes on; null
    without a key."""

    bad: pa.Table
    held: pa.Table
    accepted: pa.Table | None


def _sort(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, block: pa.Table, decisions: Sequence[Decision], key: Key | None
) -> _Sorted:
    with _rows(con, dataset, block) as rows:
        bad = con.execute(f"""
            select place, coalesce(bool_or(severity = 'critical'), false) as is_held
            from {rows} join (
                select {ROW_KEY}, severity from kept
                union all select submission_id, other_index, null from partner
            ) as told using ({ROW_KEY})
            group by place order by place
        """).to_arrow_table()
        told = con.execute(f"""
            select field, list(place) from {rows} join kept using ({ROW_KEY})
            where is_fact and severity = 'warning' group by all
        """)
        doubted = dict(told.fetchall())
    rejected = [decision.submission_id for decision in decisions if decision.outcome == "rejected"]
    is_held = np.asarray(pc.is_in(block["submission_id"], pa.array(rejected, pa.string())).to_numpy()).copy()
    is_held[bad["place"].filter(bad["is_held"]).to_numpy()] = True
    return _Sorted(
        block.take(bad["place"]),
        block.filter(pa.array(is_held)),
        accepted_rows(con, dataset, block, ~is_held, doubted) if key else None,
    )


def _suppress(
    con: duckdb.DuckDBPyConnection, checks: Sequence[Check], readings: Sequence[tuple[Submission, Reading]]
) -> None:
    """One cause, one finding: leaves in `kept` what no other finding on the row explains.

    A rule yields to a fact about one of its fields and to the codes it names; everything yields to a missing column,
    and to a row whose cells stand under other headers than their own.
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
               bool_or(code like '%.row.shifted') as is_shifted,
               coalesce(list(field) filter (is_fact), []) as fact_fields
        from hit join checks using (check_number) group by all
    )
    select hit.submission_id, hit.row_index, check_number, severity, field, is_fact
    from hit join checks using (check_number) join explained using (submission_id, row_index)
    where code like '%.row.%'
       or (not is_shifted and not list_has_any(unless, codes) and (is_fact or not list_has_any(fields, fact_fields)))
"""


def facts_table(checks: Sequence[Check]) -> pa.Table:
    """The checks' facts by number, as the queries here read them."""
    texts = pa.list_(pa.string())
    return pa.table(
        {
            "check_number": pa.array(np.arange(len(checks), dtype=np.int16)),
            "code": [check.code for check in checks],
            "severity": [check.severity for check in checks],
            "field": [check.fields[0] for check in checks],
            "fields": pa.array([list(check.fields) for check in checks], texts),
            "unless": pa.array([list(check.unless) for check in checks], texts),
            "is_fact": [check.is_fact for check in checks],
            "message": [check.message for check in checks],
            "fix": [check.fix for check in checks],
            "workbook_fix": [check.workbook_fix or check.fix for check in checks],
        }
    )


def _critical_rows(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Submission → how many rows have a critical finding, and how many fields they are about."""
    counted = con.execute(
        "select submission_id, count(distinct row_index), count(distinct field) from kept "
        "where severity = 'critical' group by all"
    ).fetchall()
    return {submission_id: (rows, causes) for submission_id, rows, causes in counted}


def _unmapped_fields(dataset: Dataset, readings: Sequence[tuple[Submission, Reading]]) -> dict[str, frozenset[str]]:
    """Submission → the fields for which its file has no column; a constant of the feed may have filled them."""
    names = {field.name for field in dataset.fields}
    return {
        submission.submission_id: frozenset(names - set(reading.mapped.values()))
        for submission, reading in readings
        if not reading.problem
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
    last_day = reported.end if reported else None
    for check in checks:
        if last_day and not check.holds_on(last_day):
            yield NotRun(check.code, f"这项检查适用于报告期截止日在以下期间的报送：{check.dates}。")
        elif missing := [name for name in check.needs if name in absent]:
            yield NotRun(check.code, f"文件没有“{dataset.field(missing[0]).title}”这一列。")
    for source in missing_sources():
        if submission.dataset in source.datasets:
            yield NotRun(source.code, source.reason)


@dataclass(frozen=True)
class _Told:
    """What was found: by which checks, in which readings, of whole files, and whether rows have partners."""

    checks: Sequence[Check]
    readings: Sequence[tuple[Submission, Reading]]
    file_findings: Sequence[tuple[str, FileFinding]]
    has_partners: bool


def _findings(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, told: _Told, bad: pa.Table, key: Key | None
) -> pa.Table:
    """`bad`: the rows with a finding, and their partners."""
    together = pa.concat_tables(
        [
            _of_files(told.file_findings, key),
            _of_rows(con, dataset, told, bad, key) if bad.num_rows else FINDING.empty_table(),
        ]
    )
    con.unregister("checks")
    # A stable sort keeps the checks' order within a row.
    order = pa.array(np.arange(together.num_rows))
    return (
        together.append_column("place", order)
        .sort_by([("submission_id", "ascending"), ("place", "ascending")])
        .drop_columns(["place"])
    )


def _of_files(findings: Sequence[tuple[str, FileFinding]], key: Key | None) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "submission_id": submission_id,
                "rule": finding.rule,
                "severity": finding.severity,
                "field": finding.field,
                "expected": finding.expected,
                "message": privacy.redact(finding.message),
                "fix": finding.fix,
                "workbook_fix": finding.workbook_fix,
                "finding_identity": _file_identity(finding, key),
            }
            for submission_id, finding in findings
        ],
        FINDING,
    )


def _of_rows(con: duckdb.DuckDBPyConnection, dataset: Dataset, told: _Told, bad: pa.Table, key: Key | None) -> pa.Table:
    checks = told.checks
    con.register("bad", bad)
    con.register("letters", column_letters(told.readings))
    if told.has_partners:
        pairs.tell(con, dataset, checks, told.readings)
    # Only what was found is put into words: a case for each field and each check takes 20 ms before it sees a row.
    numbers = [number for (number,) in con.execute("select distinct check_number from kept order by all").fetchall()]
    told_fields = {checks[number].fields[0] for number in numbers}
    values = " ".join(
        f"when '{field.name}' then {shown(field)}" for field in dataset.fields if field.name in told_fields
    )
    expected = " ".join(
        f"when {number} then redact(cast({checks[number].expected} as varchar))"
        for number in numbers
        if checks[number].expected
    )
    rows = con.execute(f"""
        select submission_id, code as rule, kept.severity, kept.field, bad.sheet, row_index, row_number as row,
               letter || row_number as cell,
               case when code not like '%.row.%' then case kept.field {values} end end as value,
               {f"case check_number {expected} end" if expected else "null"} as expected, message,
               {"detail" if told.has_partners else "null"} as detail, fix, workbook_fix,
               {"partners" if told.has_partners else pairs.NOBODY} as partners,
               {_identity(dataset) if key else "null"} as finding_identity,
               {ROW_TOKEN_SQL if key else "null"} as row_token, exception_id
        from kept join bad using ({ROW_KEY}) join checks using (check_number)
        left join letters on letters.submission_id = bad.submission_id and letters.field = kept.field
             and letters.sheet is not distinct from bad.sheet
        {f"left join partnered using ({ROW_KEY}, check_number)" if told.has_partners else ""}
        order by {ROW_KEY}, check_number
    """).to_arrow_table()
    for name in ("bad", "letters"):
        con.unregister(name)
    return rows.cast(FINDING)


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


def column_letters(readings: Sequence[tuple[Submission, Reading]]) -> pa.Table:
    """submission_id, sheet, field → letter of the column; JSON has none, nor has a field that stands in another column
    of a second table."""
    columns = [
        ((submission.submission_id, column.sheet, column.field), column)
        for submission, reading in readings
        for column in reading.columns
        if column.field and column.letter
    ]
    letter_by_place = {place: column.letter for place, column in columns if column.header_row is None}
    below = [(place, column.letter) for place, column in columns if column.header_row is not None]
    for place in [place for place, letter in below if letter_by_place.setdefault(place, letter) != letter]:
        letter_by_place.pop(place, None)
    text = pa.string()
    return pa.table(
        {
            "submission_id": pa.array([place[0] for place in letter_by_place], text),
            "sheet": pa.array([place[1] for place in letter_by_place], text),
            "field": pa.array([place[2] for place in letter_by_place], text),
            "letter": pa.array(letter_by_place.values(), text),
        }
    )
