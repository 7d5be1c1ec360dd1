"""Judges the submissions that stand against each other. Imports no GX; ends at findings.

These findings are warnings and hold no row: what is judged are the accepted rows of what stands; what they refer to may
also wait among the held rows of it, or of what was returned where nothing stands, so that one rejected list orphans
nobody. Earlier periods and earlier versions of a submission are there to compare with.

What was found stands until something that the rule reads is another: rows of a dataset, a table that `across_tables`
makes, the rule. A rule that looks at one submission at a time is judged period by period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from expectations import between_units, compiled
from expectations.across_tables import DERIVED, AcrossTables
from expectations.cell_text import typed_text
from expectations.check import column_letters, facts_table
from expectations.compiled import Check
from expectations.judgement_store import JudgementStore, Kind, digest
from warehouse.vocabulary import contract, privacy, reference
from warehouse.vocabulary.tables import JUDGED, accepted_schema

SUBMITTED = "submitted"
ACROSS = Kind("across_finding", JUDGED)
_FINDING_COLUMNS = (
    "select null::varchar as submission_id, null::bigint as row_index, null::bigint as affected, "
    "null::varchar as expected, null::varchar[] as other_units, null::boolean as is_sensitive where false"
)
"""What a rule's query may give: the row (null: the finding is about the file), how many rows the finding stands for,
the value that would be right, and what `between_units` says of other units."""


@dataclass(frozen=True)
class Judged:
    """One rule over what stands of its dataset, or over one `period` of it. `source`: the digest of all that it
    reads."""

    check: Check
    period: str | None
    source: str


def judge(store: JudgementStore, tables: AcrossTables, checks: Sequence[Check] | None = None) -> None:
    """Shows the findings of the rules across submissions over all that stands as the view `across_finding`, with the
    columns of `tables.JUDGED`; judges what is not known yet.

    Args:
        store: its connection has the macros of `privacy.install` with the key of the stored tokens.
        checks: others than those that stand, for a preview.
    """
    checks = compiled.load(compiled.ACROSS) if checks is None else checks
    judged = [part for check in checks for part in _judged(tables, check)]
    missing = store.missing(ACROSS, [part.source for part in judged])
    anew = [part for part in judged if part.source in missing]
    if anew:
        _find(store, tables, anew)
        store.add(ACROSS, missing, "from found")
        store.con.execute("drop table temp.found")
    store.show(ACROSS, [part.source for part in judged])


def _judged(tables: AcrossTables, check: Check) -> list[Judged]:
    letters = tables.letters.get(check.dataset, {})
    if not is_alone(check):
        return [Judged(check, None, digest(check, letters, _digests(tables, check, None)))]
    return [
        Judged(check, period, digest(check, period, of_period, _digests(tables, check, period)))
        for period, of_period in letters.items()
    ]


def _digests(tables: AcrossTables, check: Check, period: str | None) -> list[tuple[str, str]]:
    """Of all tables that a rule reads when it looks at one period, or at all."""
    return [
        (
            name,
            tables.submitted_digest(check.dataset)
            if name == SUBMITTED
            else tables.digest(name, period if is_by_period(check, name) else None),
        )
        for name in tables_read(check)
    ]


def is_by_period(check: Check, name: str) -> bool:
    """Does a rule that looks at one submission at a time read of a table only the lines of that submission's
    period?"""
    derived = DERIVED.get(name)
    joined = re.search(rf"\bjoin {name} using \([^)]*\bperiod\b", check.sql)
    return is_alone(check) and (
        name == check.dataset or (derived is not None and derived.is_by_period and joined is not None)
    )


def tables_read(check: Check) -> list[str]:
    """The datasets and other tables that a rule names, its own dataset always."""
    words = set(re.findall(r"\w+", check.sql)) | {check.dataset}
    return sorted(words & {*contract.names(), *DERIVED, SUBMITTED})


def is_alone(check: Check) -> bool:
    """Does what it finds in a submission depend on that submission's rows and on other tables alone? Then it names its
    dataset once, looks through no window, and groups by submission."""
    grouped = re.findall(r"\bgroup by (\w+)", check.sql)
    return (
        len(re.findall(rf"\b{check.dataset}\b", check.sql)) == 1
        and SUBMITTED not in tables_read(check)
        and re.search(r"\b(over|window|limit)\b", check.sql) is None
        and (not grouped or grouped[-1] == "submission_id")
    )


def _find(store: JudgementStore, tables: AcrossTables, anew: Sequence[Judged]) -> None:
    """Table `found`: source and findings of what is judged anew."""
    con = store.con
    con.register("typed", JUDGED.empty_table())
    con.execute("create or replace temp table found as select null::varchar as source, * from typed")
    con.unregister("typed")
    by_check: dict[Check, list[Judged]] = {}
    for part in anew:
        by_check.setdefault(part.check, []).append(part)
    # Of a dataset's rules those for the same periods follow each other, so that its rows are laid once for all.
    ordered = sorted(by_check.items(), key=lambda item: (item[0].dataset, [part.period or "" for part in item[1]]))
    con.register("checks", facts_table([check for check, _ in ordered]))
    dataset = None
    for number, (check, parts) in enumerate(ordered):
        if check.dataset != dataset:
            dataset = check.dataset
            _lay_submissions(tables, con, dataset)
        only = [part.period for part in parts if part.period is not None]
        for name in tables_read(check):
            if name not in (check.dataset, SUBMITTED):
                tables.lay(name, only if is_by_period(check, name) else None)
        tables.lay(check.dataset, only if is_alone(check) else None)
        _find_one(con, number, check, parts)
    con.unregister("checks")


def _lay_submissions(tables: AcrossTables, con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Of one dataset: `submitted`, and where the columns of its submissions stand, as `letters`."""
    tables.lay_submitted(dataset)
    con.register(
        "typed", column_letters([(decision.submission, decision.reading) for decision in tables.standing(dataset)])
    )
    units = sorted({decision.submission.unit for decision in tables.standing(dataset)})
    con.register("unit_title", pa.table({"unit": units, "title": [reference.unit_title(unit) for unit in units]}))
    con.execute("create or replace temp table titled_unit as from unit_title")
    con.unregister("unit_title")
    con.execute(
        "create or replace temp table letters as "
        "select submission_id, field, any_value(sheet) as sheet, any_value(letter) as letter "
        "from typed group by all having count(*) = 1"
    )
    con.unregister("typed")


def _find_one(con: duckdb.DuckDBPyConnection, number: int, check: Check, parts: Iterable[Judged]) -> None:
    con.execute(
        f"create or replace temp table bad_row as from (from ({_FINDING_COLUMNS}) union all by name ({check.sql}))"
    )
    if con.execute("select count(*) from bad_row").fetchone() == (0,):
        return
    texts = pa.string()
    periods, sources = zip(*((part.period, part.source) for part in parts), strict=True)
    con.register("judged_part", pa.table({"period": pa.array(periods, texts), "source": pa.array(sources, texts)}))
    con.execute(_statement(number, check))
    con.unregister("judged_part")


def _statement(number: int, check: Check) -> str:
    """Rows are looked up after they are found: few are, and most columns are read for them alone."""
    dataset = contract.dataset(check.dataset)
    field = check.fields[0]
    names = accepted_schema(dataset).names
    shown = field in names and not dataset.field(field).restricted
    value = f"redact({typed_text(dataset.field(field))})" if shown else "null"
    if shown and dataset.field(field).kind == "uscc":
        value = f"case when not {privacy.is_sole_trader(field)} then {value} end"
    return f"""
        insert into found by name
        select judged_part.source, finding.submission_id, code as rule, severity,
               case when finding.row_index is not null then checks.field end as field,
               letters.sheet, finding.row_index, row.row_number as row,
               letters.letter || row.row_number as cell, row.value, finding.expected,
               case when is_sensitive then '{between_units.DOUBLED}'
                    else replace(message, '{{rows}}', cast(coalesce(finding.affected, 1) as varchar)) end as message,
               {between_units.detail("titled_unit")} as detail,
               case when is_sensitive then '{between_units.ASK_THE_CITY}' else fix end as fix,
               case when is_sensitive then '{between_units.ASK_THE_CITY}' else workbook_fix end as workbook_fix,
               {between_units.PARTNERS} as partners, row.row_token, '{check.dataset}' as dataset, 'across' as scope
        from bad_row as finding
        left join (
            select submission_id, row_index, row_number, row_token, {value} as value
            from {check.dataset} semi join bad_row using (submission_id, row_index)
        ) as row using (submission_id, row_index)
        join (from checks where check_number = {number}) as checks on true
        left join letters on letters.submission_id = row.submission_id and letters.field = checks.field
        left join {SUBMITTED} on submitted.submission_id = finding.submission_id
        join judged_part on judged_part.period is null or judged_part.period = submitted.period
    """
