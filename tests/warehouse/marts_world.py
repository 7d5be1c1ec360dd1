"""Publications of random rows in every mart, made from the marts' contracts: for tests and benches of what serves them.

Keys are unique and foreign keys lead somewhere; texts are as awkward as texts can be; counts are small.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.published.publication import DATABASE, MANIFEST, Publication
from warehouse.vocabulary import reference
from warehouse.vocabulary.mart import Mart, marts

DEPARTMENTS = tuple(reference.codes("department"))
ROWS = 60
_TEXTS = ("", "甲班", 'a "b", c', "line\nline", "\\.", "null", " ", "it''s", "\\N", "{x} %s")
_SPECIAL = {
    ("fct_participation", "not_counted_reason"): ("duplicate", "not_completed"),
    ("fct_certificate", "certificate_type_code"): ("01", "02", "04"),
    ("fct_certificate", "skill_level_code"): ("1", "3", "4"),
    ("fct_course", "status_code"): ("1", "2"),
    ("fct_enterprise_coverage", "coverage_kind_code"): ("1", "2"),
    ("rpt_submission_grid", "state"): ("on_time", "missing", "not_due"),
    ("fct_target_contribution", "reading"): ("main", "other"),
    ("rpt_target_progress", "reading"): ("main", "other"),
    ("rpt_target_progress", "status"): ("done", "behind"),
    ("dim_target", "unit"): ("人次", "名", "项"),
    ("rpt_program_quality", "subject_kind"): ("class", "department", "institution", "occupation"),
    ("rpt_program_quality", "evaluation"): ("rated", "rated", "not_known"),
    ("rpt_outcome_rate", "subject_kind"): ("city", "department"),
    ("rpt_outcome_rate", "rate"): ("employment", "practice", "success", "stability"),
    ("rpt_outcome_rate", "evaluation"): ("rated", "rated", "too_few"),
    ("rpt_outcome_rate", "subject_key"): ("SZ", *DEPARTMENTS),
    ("rpt_target_breakdown", "breakdown"): ("department", "district", "part"),
    ("rpt_task_progress", "task_split"): ("department", "district"),
    ("rpt_demand_supply", "breakdown"): ("occupation", "cluster", "city"),
    ("rpt_demand_supply", "skill_level_code"): ("all", "all", "none"),
}


def publication(folder: Path, seed: int, rows: Mapping[str, int] | None = None) -> Publication:
    """A publication whose tables have `ROWS` rows each, or as many as `rows` says."""
    counts = {name: len(DEPARTMENTS) if name == "dim_department" else (rows or {}).get(name, ROWS) for name in marts()}
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / DATABASE)) as con:
        for mart in marts().values():
            columns = ", ".join(
                f"cast({_value(mart, column, counts, seed)} as {kind}) as {column}"
                for column, kind in mart.columns.items()
            )
            con.execute(f"create table {mart.name} as select {columns} from range({counts[mart.name]}) as r (i)")
            _comment(con, f"table {mart.name}", mart.description)
            for column, text in mart.descriptions.items():
                _comment(con, f"column {mart.name}.{column}", text)
    tables = {name: {"rows": count} for name, count in counts.items()}
    manifest = {"publication_id": f"2026-11-20-{seed:012x}", "as_of_date": "2026-11-20", "tables": tables}
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return Publication(folder, manifest)


def _comment(con: duckdb.DuckDBPyConnection, target: str, text: str) -> None:
    quoted = text.replace("'", "''")
    con.execute(f"comment on {target} is '{quoted}'")


def _value(mart: Mart, column: str, counts: Mapping[str, int], seed: int) -> str:
    """SQL over the row's number `i`."""
    random = f"(hash(i, '{mart.name}.{column}', {seed}) >> 8)"
    # Drawn apart: of one number, "no seventh is null" would leave out every key at a place that 7 divides.
    has_value = f"(hash(i, '{mart.name}.{column} has value', {seed}) >> 8) % 7 > 0"
    link = next((key for key in mart.foreign_keys if key.column == column), None)
    kind = mart.columns[column]
    if mart.primary_key[-1] == column:
        return _key(link.field if link else column, kind, "i")
    if link is not None:
        led_to = _key(link.field, kind, f"{random} % {counts[link.table]}")
        return led_to if column in mart.primary_key else f"case when {has_value} then {led_to} end"
    if (mart.name, column) in _SPECIAL:
        return _pick(_SPECIAL[mart.name, column], random)
    if column in mart.primary_key:
        return _key(column, kind, f"{random} % 3")
    return f"case when {has_value} then {_any(kind, random)} end"


def _key(column: str, kind: str, number: str) -> str:
    if column == "department_code":
        return _pick(DEPARTMENTS, number)
    if column == "task_unit_code":
        count = len(DEPARTMENTS)
        return f"case when {number} < {count} then {_pick(DEPARTMENTS, number)} else 'unit-' || {number} end"
    if kind == "date":
        return f"date '2025-01-01' + cast({number} as integer)"
    if kind == "timestamp":
        return f"timestamp '2025-01-01' + to_hours(cast({number} as integer))"
    return f"'{column}-' || lpad(cast({number} as varchar), 24, '0')" if kind == "varchar" else number


def _any(kind: str, random: str) -> str:
    if kind == "varchar":
        return _pick(_TEXTS, random)
    if kind == "boolean":
        return f"{random} % 2 = 0"
    if kind == "date":
        return f"date '2025-01-01' + cast({random} % 900 as integer)"
    if kind == "timestamp":
        return f"timestamp '2025-11-01 16:30:00.25' + to_hours(cast({random} % 9000 as integer))"
    return f"{random} % 12 / 2" if kind.startswith("decimal") else f"{random} % 12"


def _pick(texts: tuple[str, ...], number: str) -> str:
    listed = ", ".join(f"'{text}'" for text in texts)
    return f"[{listed}][cast(({number}) % {len(texts)} as integer) + 1]"
