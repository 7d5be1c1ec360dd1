"""Each finding from submission to submission: new, uncovered, persisting or reopened, when and by what fixed, how
explained.

A finding is known again by its rule and the row's key; among a whole file and its corrections also by the row's place,
so that whoever corrects a key does not find all else about the row new. Uncovered is what could not be judged before,
since another finding stood in its way.

SQL over the kept findings and the statuses of submissions; no finding becomes a Python object. What people read of it
is `pages`. Ends at the register's Parquet table of findings, with the columns of `tables.HISTORY`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations import compiled
from warehouse.store.register import moment
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import contract
from warehouse.vocabulary.tables import HISTORY, JUDGED

_STATUS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("dataset", pa.string()),
        ("key", pa.string()),
        ("source", pa.string()),
        ("delivery_order", pa.int64()),
        ("received_at", pa.timestamp("us")),
        ("is_followed", pa.bool_()),
        ("is_row_judged", pa.bool_()),
        ("line", pa.string()),
    ]
)
_CHECK_FACT = pa.schema(
    [
        ("dataset", pa.string()),
        ("code", pa.string()),
        ("fields", pa.list_(pa.string())),
        ("unless", pa.list_(pa.string())),
        ("is_fact", pa.bool_()),
    ]
)
_SAID = pa.schema([("submission_id", pa.string()), ("row_index", pa.int64()), ("explanation", pa.string())])

# What was refused beside what stands fixes nothing. A finding about a row is known to be gone only where the rows were
# judged; one about the file, in every later file.
_HISTORY = """
with placed as (
    select submission_id, key, received_at, about_row,
        row_number() over (partition by key, about_row order by delivery_order) as place
    from submission_status cross join (values (true), (false)) as about (about_row)
    where is_followed and (is_row_judged or not about_row)
),
seen as (
    select distinct submission_id, followed_identity as finding_identity, about_row
    from findings
    where followed_identity is not null
),
followed as (
    select seen.submission_id, finding_identity, key, about_row, place, received_at,
        lag(place) over steps as previous, lead(place) over steps as following
    from seen inner join placed using (submission_id, about_row)
    window steps as (partition by key, about_row, finding_identity order by place)
),
spells as (
    select *,
        count(*) filter (previous is null or previous < place - 1) over (
            partition by key, about_row, finding_identity order by place
        ) as spell
    from followed
),
opened as (
    select *,
        case when previous is null then 'new' when previous = place - 1 then 'persisting' else 'reopened' end as state,
        min(received_at) over (partition by key, about_row, finding_identity, spell) as opened_at
    from spells
),
history as (
    select opened.submission_id, opened.finding_identity, opened.about_row, opened.state, opened.opened_at,
        successor.submission_id as fixed_by, successor.received_at as fixed_at
    from opened
    left join placed as successor
        on opened.key = successor.key and opened.about_row = successor.about_row
        and successor.place = opened.place + 1 and opened.following is distinct from successor.place
),
"""
# A row is unchanged where its token is the same; an answer holds for the rules that warned when it was given.
_ANSWERS = """
answers as (
    select findings.rule, findings.row_token, submission_status.source, submission_status.delivery_order,
        submission_status.received_at, said.explanation
    from said
    inner join submission_status using (submission_id)
    inner join findings
        on findings.submission_id = said.submission_id and findings.row_index = said.row_index
        and findings.severity = 'warning' and findings.row_token is not null
),
answered as (
    select findings.finding_number, arg_max(answers.explanation, answers.delivery_order) as explanation,
        max(answers.received_at) as explained_at
    from findings
    inner join submission_status using (submission_id)
    inner join answers
        on findings.rule = answers.rule and findings.row_token = answers.row_token
        and submission_status.source = answers.source
        and answers.delivery_order <= submission_status.delivery_order
    where findings.severity = 'warning'
    group by findings.finding_number
)
select findings.*,
    case when history.state = 'new' and uncovered.finding_number is not null then 'uncovered' else history.state end
        as state,
    history.opened_at, history.fixed_at, history.fixed_by, answered.explanation, answered.explained_at
from findings
left join history
    on findings.submission_id = history.submission_id and findings.followed_identity = history.finding_identity
    and findings.about_row = history.about_row
left join answered using (finding_number)
left join uncovered using (finding_number)
"""
# In a correction, of a row on which the submission before it had what keeps the rule from judging.
_UNCOVERED = """
lines as (
    select submission_status.submission_id, line,
        lag(submission_id) over (partition by key order by delivery_order) as before
    from submission_status where is_followed and is_row_judged
),
uncovered as (
    select distinct findings.finding_number
    from line_finding as findings
    inner join lines on findings.submission_id = lines.submission_id
    inner join submission_status as basis on lines.before = basis.submission_id and lines.line = basis.line
    inner join line_finding as cover
        on basis.submission_id = cover.submission_id and findings.sheet is not distinct from cover.sheet
        and findings.row = cover.row
    inner join check_fact on findings.dataset = check_fact.dataset and findings.rule = check_fact.code
    inner join check_fact as cover_fact on cover.dataset = cover_fact.dataset and cover.rule = cover_fact.code
    where (cover_fact.is_fact and not check_fact.is_fact and list_contains(check_fact.fields, cover.field))
        or list_contains(check_fact.unless, cover.rule)
),
"""


def lay_findings(con: duckdb.DuckDBPyConnection) -> None:
    """Table `findings`: the views `own_finding` and `across_finding` together, numbered in the order in which they are
    read; and `line_finding`, those about rows of corrections and of what they correct."""
    columns = ", ".join(f'"{name}"' for name in JUDGED.names)
    con.execute(f"""
        create or replace temp table findings as
        with thread as (
            select line, sheet, "row", rule, field,
                arg_min(finding_identity, [delivery_order, place]) as identity
            from own_finding inner join submission_status using (submission_id)
            where line is not null and "row" is not null and finding_identity is not null
            group by all
        )
        select {columns}, row_number() over (
            order by submission_id, scope desc, rule, row_index nulls last, field nulls last, place
        ) as finding_number,
        row_index is not null as about_row,
        case when scope = 'submission' then coalesce(thread_identity, finding_identity) end as followed_identity
        from (
            select own_finding.*, submission_status.dataset, 'submission' as scope, thread.identity as thread_identity
            from own_finding inner join submission_status using (submission_id)
            left join thread
                on submission_status.line = thread.line and own_finding.sheet is not distinct from thread.sheet
                and own_finding."row" = thread."row" and own_finding.rule = thread.rule
                and own_finding.field is not distinct from thread.field
            union all by name
            select *, null::bigint as place from across_finding
        )
    """)
    con.execute("""
        create or replace temp table line_finding as
        from findings semi join (from submission_status where line is not null) using (submission_id)
        where about_row and scope = 'submission'
    """)


def lay_statuses(con: duckdb.DuckDBPyConnection, statuses: Sequence[SubmissionStatus]) -> None:
    """Tables `submission_status`, `said` and `check_fact`: when each submission came, what its sender answered, and
    what keeps a check from judging."""
    heads = {line[0] for status in statuses if (line := _line(status))}
    for name, rows, schema in (
        ("submission_status", [_row(status, heads) for status in statuses], _STATUS),
        ("check_fact", _check_facts(), _CHECK_FACT),
        ("said", list(_said(statuses)), _SAID),
    ):
        con.register("typed", pa.Table.from_pylist(rows, schema))
        con.execute(f"create or replace temp table {name} as from typed")
        con.unregister("typed")


def remember(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Writes `findings` with what `tables.HISTORY` has more, in the same order."""
    columns = ", ".join(f'"{name}"' for name in HISTORY.names)
    ordered = f"select {columns} from ({_HISTORY + _UNCOVERED + _ANSWERS}) order by finding_number"
    staged = file.with_name(f".{file.name}")
    con.execute(f"copy ({ordered}) to '{staged}' (format parquet, compression zstd)")
    staged.replace(file)


Counts = Mapping[str, Mapping[str, int]]


def counts(con: duckdb.DuckDBPyConnection) -> Counts:
    """Submission → number of `findings` by severity, and as `excepted` of those that an exception let pass."""
    by_submission: dict[str, dict[str, int]] = {}
    counted = con.execute(
        "select submission_id, severity, count(*), count(exception_id) from findings group by all"
    ).fetchall()
    for submission_id, severity, number, excepted in counted:
        of_submission = by_submission.setdefault(submission_id, {"excepted": 0})
        of_submission[severity] = number
        of_submission["excepted"] += excepted
    return by_submission


def _line(status: SubmissionStatus) -> tuple[str, ...]:
    """A whole file and its corrections up to the submission; empty where it is no correction."""
    supplement = status.decision.reading.supplement
    return supplement.line if supplement else ()


def _check_facts() -> list[dict[str, object]]:
    return [
        {
            "dataset": check.dataset,
            "code": check.code,
            "fields": list(check.fields),
            "unless": list(check.unless),
            "is_fact": check.is_fact,
        }
        for name in contract.names()
        for check in compiled.load(name)
    ]


def _row(status: SubmissionStatus, heads: Collection[str]) -> dict[str, object]:
    """`heads`: the whole files that have corrections."""
    submission, name = status.decision.submission, status.decision.submission_id
    line = _line(status)
    return {
        "submission_id": status.decision.submission_id,
        "dataset": submission.dataset,
        "key": "|".join(submission.key),
        "source": f"{submission.dataset}|{submission.unit}",
        "delivery_order": status.delivery_order,
        "received_at": moment(status.received_at),
        "is_followed": status.has_stood or status.represents_key or status.standing == "merged",
        "is_row_judged": status.decision.reading.problem is None,
        "line": line[0] if line else name if name in heads else None,
    }


def _said(statuses: Iterable[SubmissionStatus]) -> Iterator[dict[str, object]]:
    for status in statuses:
        supplement = status.decision.reading.supplement
        for answer in supplement.explained if supplement else ():
            yield {
                "submission_id": status.decision.submission_id,
                "row_index": answer.row_index,
                "explanation": answer.reason,
            }
