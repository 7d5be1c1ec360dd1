"""Judges the submissions that stand against each other, anew in every run. Imports no GX; ends at findings.

These findings are warnings and hold no row: what is judged are the accepted rows of what stands; what they refer to may
also wait among the held rows of it, or of what was returned where nothing stands, so that one rejected list orphans
nobody. Earlier
periods and earlier versions of a submission are there to compare with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from expectations import compiled, recount
from expectations.check import column_letters, facts_table, typed_text
from expectations.compiled import Check
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import contract, privacy
from warehouse.vocabulary import period as periods
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.tables import JUDGED, accepted_schema, shaped_schema

REFERRED = ("training_class", "institution_directory")
"""Datasets that others refer to."""
DERIVED = (
    "known_class",
    "known_institution",
    "known_issuer",
    "listed_institution",
    "known_participation",
    "known_certificate",
    "submitted",
    "superseded_training_class",
    "superseded_certificate",
    "recount",
)
"""Tables made for the rules beside the datasets."""

_CLASS = (
    "class_id",
    "funding_source",
    "programs",
    "special_action",
    "is_public_welfare",
    "fee_charged",
    "occupation_code",
    "skill_level",
    "training_mode",
    "start_date",
    "end_date",
    "planned_hours",
)
_INSTITUTION = (
    "uscc",
    "carrier_no",
    "name",
    "occupations",
    "valid_from",
    "valid_to",
    "cert_org_code",
    "unit_code",
    "period",
    "period_end_date",
)
_KEPT = {"training_class": "class_id", "certificate": "certificate_key"}
"""Dataset → what a newer version of a submission should still have."""
_FINDING_COLUMNS = (
    "select null::varchar as submission_id, null::bigint as row_index, null::bigint as affected, "
    "null::varchar as expected where false"
)
"""What a rule's query may give: the row (null: the finding is about the file), how many rows the finding stands for,
and the value that would be right."""


def empty() -> pa.Table:
    return JUDGED.empty_table()


def judge(
    con: duckdb.DuckDBPyConnection,
    root: Root,
    standing: Sequence[SubmissionStatus],
    key: Key,
    checks: Sequence[Check] | None = None,
) -> pa.Table:
    """Findings of the rules across submissions over all that stands; columns of `tables.JUDGED`, scope `across`.

    Args:
        key: the one of the stored tokens: held rows are found among them by it.
        checks: others than those that stand, for a preview.
    """
    privacy.install(con, key)
    checks = compiled.load(compiled.ACROSS) if checks is None else checks
    datasets = sorted({check.dataset for check in checks} | set(REFERRED) | set(recount.DATASETS))
    for name in datasets:
        _view(con, root, name, standing, checks)
    _known(con, root, standing)
    _taken_part(con, root, standing)
    _certified(con, root, standing)
    _submitted(con, standing)
    _superseded(con, root, standing)
    _recount(con, root, standing)
    decisions = [status.decision for status in standing if status.stands]
    con.register("checks", facts_table(checks))
    con.register("letters", column_letters([(decision.submission, decision.reading) for decision in decisions]))
    tables = [con.execute(_statement(number, check)).to_arrow_table() for number, check in enumerate(checks)]
    for name in (*datasets, *DERIVED):
        con.execute(f"drop table temp.{name}")
    con.unregister("checks")
    con.unregister("letters")
    return pa.concat_tables([empty(), *(table.cast(JUDGED) for table in tables)])


def _files(root: Root, standing: Sequence[SubmissionStatus], dataset: str) -> list[str]:
    return [
        str(root.decision_folder(status.decision) / "accepted.parquet")
        for status in standing
        if status.stands and status.decision.submission.dataset == dataset and status.decision.rows.accepted
    ]


def _held_files(root: Root, standing: Sequence[SubmissionStatus], dataset: str) -> list[str]:
    """One that is lost stops only the pages of its own submission, which say so."""
    files = [
        root.held_file(status.decision)
        for status in standing
        if status.represents_key and status.decision.submission.dataset == dataset and status.decision.rows.held
    ]
    return [str(file) for file in files if file.is_file()]


def _load(
    con: duckdb.DuckDBPyConnection, name: str, files: Sequence[str], schema: pa.Schema, columns: Sequence[str]
) -> None:
    """Temporary table `name` with the columns of all files; typed and empty without a file."""
    con.register("typed", schema.empty_table())
    chosen = ", ".join(columns)
    con.execute(f"create or replace temp table {name} as select {chosen} from typed")
    con.unregister("typed")
    if files:
        con.execute(f"insert into {name} select {chosen} from read_parquet(?, union_by_name = true)", [files])


def _view(
    con: duckdb.DuckDBPyConnection, root: Root, name: str, standing: Sequence[SubmissionStatus], checks: Sequence[Check]
) -> None:
    schema = accepted_schema(contract.dataset(name))
    used = _used(name, checks)
    _load(con, name, _files(root, standing, name), schema, [column for column in schema.names if column in used])


def _used(name: str, checks: Sequence[Check]) -> set[str]:
    """The columns of a dataset that some rule or count reads."""
    reading = [check for check in checks if re.search(rf"\b{name}\b", check.sql)]
    words = {word for check in reading for word in re.findall(r"\w+", f"{check.sql} {' '.join(check.fields)}")}
    fixed = {"submission_id", "row_index", "row_number", "unit_code", "period", "period_end_date", "row_token"}
    referred = {*_class_columns(), *_INSTITUTION} if name in REFERRED else set()
    kept = {"certificate_key", "issue_date", "occupation_code", "skill_level"} if name == "certificate" else set()
    part = {"class_id", "person_key", "completed"} if name == "training_record" else set()
    return fixed | words | referred | kept | part | set(recount.columns(name))


def _class_columns() -> tuple[str, ...]:
    """What is known of a class: what rules read of it, and what the recount asks."""
    return tuple(dict.fromkeys((*_CLASS, *recount.columns("training_class"))))


def _known(con: duckdb.DuckDBPyConnection, root: Root, standing: Sequence[SubmissionStatus]) -> None:
    """known_class (one row per class, the newest period's), known_institution, known_issuer, listed_institution."""
    for name in REFERRED:
        schema = shaped_schema(contract.dataset(name))
        columns = (*_class_columns(), "period_end_date") if name == "training_class" else _INSTITUTION
        _load(con, f"held_{name}", _held_files(root, standing, name), schema, columns)
    attributes = ", ".join(f"arg_max({column}, period_end_date) as {column}" for column in _class_columns()[1:])
    chosen = ", ".join((*_class_columns(), "period_end_date"))
    con.execute(f"""
        create or replace temp table known_class as select class_id, {attributes}
        from (select {chosen} from training_class union all select {chosen} from held_training_class)
        where class_id is not null group by class_id
    """)
    entries = "(select {0} from institution_directory union all select {0} from held_institution_directory)"
    con.execute(
        "create or replace temp table known_institution as "
        "select distinct uscc, name, occupations, valid_from, valid_to from "
        + entries.format("uscc, name, occupations, valid_from, valid_to")
        + " where uscc is not null and valid_from is not null"
    )
    con.execute(
        "create or replace temp table known_issuer as select distinct cert_org_code, uscc from "
        + entries.format("cert_org_code, uscc")
        + " where cert_org_code is not null"
    )
    con.execute(
        "create or replace temp table listed_institution as "
        "select distinct unit_code, period, period_end_date, coalesce(uscc, carrier_no) as number, name from "
        + entries.format("uscc, carrier_no, name, unit_code, period, period_end_date")
    )
    for name in REFERRED:
        con.execute(f"drop table temp.held_{name}")


def _taken_part(con: duckdb.DuckDBPyConnection, root: Root, standing: Sequence[SubmissionStatus]) -> None:
    """known_participation: class_id, persons (distinct, accepted) and completers (the most that there can be: distinct
    among the accepted, and every held row)."""
    _load(
        con,
        "held_record",
        _held_files(root, standing, "training_record"),
        shaped_schema(contract.dataset("training_record")),
        ("class_id",),
    )
    con.execute("""
        create or replace temp table known_participation as
        select class_id, sum(persons) as persons, sum(completers) as completers from (
            select class_id, count(distinct person_key) as persons,
                   count(distinct case when completed then person_key end) as completers
            from training_record group by class_id
            union all select class_id, 0, count(*) from held_record group by class_id
        ) where class_id is not null group by class_id
    """)
    con.execute("drop table temp.held_record")


def _certified(con: duckdb.DuckDBPyConnection, root: Root, standing: Sequence[SubmissionStatus]) -> None:
    """known_certificate: certificate_key, and of the accepted ones issue_date, occupation_code, skill_level."""
    certificate = contract.dataset("certificate")
    _load(con, "held_certificate", _held_files(root, standing, "certificate"), shaped_schema(certificate), ("cert_no",))
    token = next(column.sql for column in privacy.accepted_columns(certificate) if column.name == "certificate_key")
    attributes = ("issue_date", "occupation_code", "skill_level")
    con.execute(f"""
        create or replace temp table known_certificate as
        select certificate_key, {", ".join(f"min({name}) as {name}" for name in attributes)} from (
            select certificate_key, {", ".join(attributes)} from certificate
            union all by name select {token} as certificate_key from held_certificate
        ) where certificate_key is not null group by certificate_key
    """)
    con.execute("drop table temp.held_certificate")


def _submitted(con: duckdb.DuckDBPyConnection, standing: Sequence[SubmissionStatus]) -> None:
    """submitted: every current submission with its key, period, rows received and content."""
    current = [status.decision for status in standing if status.stands]
    spans = [periods.parse(decision.submission.period) for decision in current]
    con.register(
        "incoming",
        pa.table(
            {
                "submission_id": pa.array([decision.submission_id for decision in current], pa.string()),
                "dataset": pa.array([decision.submission.dataset for decision in current], pa.string()),
                "unit_code": pa.array([decision.submission.unit for decision in current], pa.string()),
                "period": pa.array([decision.submission.period for decision in current], pa.string()),
                "period_end_date": pa.array([span and span.end for span in spans], pa.date32()),
                "received_rows": pa.array([decision.rows.received for decision in current], pa.int64()),
                "sha256": pa.array([decision.submission.sha256 for decision in current], pa.string()),
            }
        ),
    )
    con.execute("create or replace temp table submitted as from incoming")
    con.unregister("incoming")


def _superseded(con: duckdb.DuckDBPyConnection, root: Root, standing: Sequence[SubmissionStatus]) -> None:
    """superseded_training_class, superseded_certificate: unit_code, period and key of what was accepted of submissions
    that newer ones of the same key replaced."""
    current = {status.decision.submission.key for status in standing if status.stands}
    for name, column in _KEPT.items():
        files = [
            str(root.decision_folder(status.decision) / "accepted.parquet")
            for status in standing
            if status.has_stood
            and not status.stands
            and status.decision.submission.dataset == name
            and status.decision.rows.accepted
            and status.decision.submission.key in current
        ]
        _load(
            con, f"superseded_{name}", files, accepted_schema(contract.dataset(name)), ("unit_code", "period", column)
        )


def _recount(con: duckdb.DuckDBPyConnection, root: Root, standing: Sequence[SubmissionStatus]) -> None:
    """recount: unit_code, period, metric_id, and the least and the most that the unit's rows can mean for it.

    The least counts accepted rows, the most also held ones: a held row may or may not stand as it was reported.
    """
    place = ("unit_code", "period")
    counted: list[str] = []
    for name in recount.DATASETS:
        conditions = recount.conditions(name)
        if not conditions:
            continue
        chosen = (*place, *recount.columns(name))
        _load(con, f"held_{name}", _held_files(root, standing, name), shaped_schema(contract.dataset(name)), chosen)
        rows = (
            f"(select {', '.join(chosen)}, false as is_held from {name} "
            f"union all select {', '.join(chosen)}, true as is_held from held_{name}) as row"
        )
        joined = " left join known_class as class using (class_id)" if name == "training_record" else ""
        counts = ", ".join(
            f"count(*) filter (not is_held and ({condition})) as {target_id}_lowest, "
            f"count(*) filter (coalesce({condition}, is_held)) as {target_id}_highest"
            for target_id, condition in conditions.items()
        )
        con.execute(
            f"create or replace temp table counted_{name} as "
            f"select unit_code, period, {counts} from {rows}{joined} group by all"
        )
        con.execute(f"drop table temp.held_{name}")
        counted += [
            f"select unit_code, period, '{target_id}' as metric_id, {target_id}_lowest as lowest, "
            f"{target_id}_highest as highest from counted_{name}"
            for target_id in conditions
        ]
    con.execute(f"create or replace temp table recount as {' union all '.join(counted)}")
    for name in recount.DATASETS:
        con.execute(f"drop table if exists temp.counted_{name}")


def _statement(number: int, check: Check) -> str:
    dataset = contract.dataset(check.dataset)
    field = check.fields[0]
    names = accepted_schema(dataset).names
    shown = field in names and not dataset.field(field).restricted
    value = f"redact({typed_text(dataset.field(field))})" if shown else "null"
    return f"""
        select finding.submission_id, code as rule, severity,
               case when finding.row_index is not null then checks.field end as field,
               letters.sheet, finding.row_index, row.row_number as row,
               letters.letter || row.row_number as cell, {value} as value, finding.expected,
               replace(message, '{{rows}}', cast(coalesce(finding.affected, 1) as varchar)) as message, fix,
               null as finding_identity, row.row_token, null as exception_id,
               '{check.dataset}' as dataset, 'across' as scope
        from (from ({_FINDING_COLUMNS}) union all by name ({check.sql})) as finding
        left join {check.dataset} as row using (submission_id, row_index)
        join (from checks where check_number = {number}) as checks on true
        left join (select submission_id, field, any_value(sheet) as sheet, any_value(letter) as letter
                   from letters group by all having count(*) = 1) as letters
               on letters.submission_id = row.submission_id and letters.field = checks.field
        order by finding.submission_id, finding.row_index
    """
