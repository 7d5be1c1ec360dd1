"""The rows of a submission that a finding's row does not go together with, and in which columns they differ.

Which rows are bad is told by the checks; which of a check's rows are each other's partners by its `pair`. Partners in
other units are `expectations.between_units`. Ends at the temporary table `partnered`, which findings are joined with.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from expectations import bad_rows
from expectations.bad_rows import ROW_KEY
from expectations.cell_text import shown
from expectations.compiled import ROW_HASH, Check
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Reading, Submission
from warehouse.vocabulary.tables import NOT_HASHED

PARTNERS = 3
"""So many partners of a row are named; of a number that stands in 500 rows the others help nobody."""
NOBODY = "null::struct(unit varchar, sheet varchar, row bigint, fields varchar[])[]"
"""SQL: no partners, as `tables.PARTNER` has them."""
_FIELDS = 5
_LONGEST_VALUE = 20
_HEADERS = pa.schema([("submission_id", pa.string()), ("sheet", pa.string()), ("titles", pa.list_(pa.string()))])


def find(con: duckdb.DuckDBPyConnection, table: str, checks: Sequence[Check]) -> bool:
    """Lays `partner`: submission_id, row_index, check_number, other_index, and how many `versions` there are in all.

    A version is what rows of a pair differ in (`Check.apart`); of each other one the first row is a partner, where
    there is none the first of the row's own.

    Args:
        table: all rows with what the pairs' expressions read, submission_id, row_index and row_hash.

    Returns:
        Whether there are any.
    """
    con.execute(
        "create or replace temp table partner (submission_id varchar, row_index bigint, check_number smallint, "
        "other_index bigint, versions bigint)"
    )
    paired = [number for number, check in enumerate(checks) if check.pair]
    hit = con.execute("select distinct check_number from kept where check_number in ?", [paired]).fetchall()
    for (number,) in sorted(hit):
        con.execute(f"insert into partner {_partners(table, number, checks[number])}")
    return bool(hit)


def _partners(table: str, number: int, check: Check) -> str:
    return f"""
        with paired as (
            select {ROW_KEY}, hash(submission_id, {", ".join(check.pair)}) as pair, {check.apart} as version
            from {table}
        ),
        wanted as (
            from paired semi join (select {ROW_KEY} from kept where check_number = {number}) using ({ROW_KEY})
        ),
        version as (
            select pair, version, min(row_index) as first_index
            from paired semi join wanted using (pair) group by all
        ),
        grouped as (
            select pair, list(first_index order by first_index)[1:{PARTNERS + 1}] as firsts, count(*) as versions
            from version group by pair
        ),
        offered as (
            select wanted.*, first_index, versions,
                list_filter(firsts, other_index -> other_index <> first_index)[1:{PARTNERS}] as others
            from wanted join grouped using (pair)
            join version on version.pair = wanted.pair and version.version is not distinct from wanted.version
        )
        select {ROW_KEY}, {number},
            unnest(case when others <> [] then others when first_index <> row_index then [first_index] end), versions
        from offered
    """


def tell(
    con: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    checks: Sequence[Check],
    readings: Sequence[tuple[Submission, Reading]],
) -> None:
    """Lays `partnered`: submission_id, row_index, check_number, `detail` in Chinese and `partners`
    (`tables.PARTNER`), from `partner` and the rows in `bad`, which holds the partners too.

    Only cells that differ and are told become text: masking those of all rows takes ten times as long.
    """
    fields = [field for field in dataset.fields if field.name not in NOT_HASHED]
    con.register("judged", _judged(fields, checks))
    con.register("headers", _headers(fields, readings))
    con.execute(f"create or replace temp table beside as {_beside(fields)}")
    con.execute(f"create or replace temp table cell as {_cells(fields)}")
    con.execute(f"create or replace temp table partnered as {_partnered(fields)}")
    for view in ("headers", "judged"):
        con.unregister(view)
    for table in ("beside", "cell"):
        con.execute(f"drop table temp.{table}")


def _beside(fields: Sequence[Field]) -> str:
    """Each row beside each partner: where both stand, and the places in `fields` in which they differ."""
    differing = ", ".join(f"case when {_differ(field.name)} then {place} end" for place, field in enumerate(fields))
    names = ", ".join(f"'{field.name}'" for field in fields)
    # One key for both columns: of two DuckDB would join all rows of a submission first, 25 million pairs of 5,000.
    keyed = f"(select *, {_key('bad', 'row_index')} as key from bad)"
    return f"""
        select submission_id, row_index, check_number, other_index, versions, own_sheet, own_row, sheet, row,
            differing, list_select([{names}], list_transform(differing, place -> place + 1)) as names
        from (
            select partner.*, own.sheet as own_sheet, own.row_number as own_row, other.sheet, other.row_number as row,
                list_filter(
                    [{differing}], place -> place is not null and (judged = [] or list_contains(judged, place))
                ) as differing
            from partner
            join judged using (check_number)
            join {keyed} as own on own.key = {_key("partner", "row_index")}
            join {keyed} as other on other.key = {_key("partner", "other_index")}
        )
    """


def _key(table: str, row_index: str) -> str:
    return f"{table}.submission_id || '#' || {table}.{row_index}"


def _differ(name: str) -> str:
    """Do two rows say something else, whatever way it is written: another value, or another text that gives none?"""
    return (
        f"own.{name} is distinct from other.{name} or own.{name} is null and own.{name}__flaw is not null "
        f"and own.{name}__sent is distinct from other.{name}__sent"
    )


def _cells(fields: Sequence[Field]) -> str:
    """What of both rows is told, as it may be shown."""
    told = f"unnest(differing[1:{_FIELDS}]) as place"
    texts = " ".join(f"when {place} then {shown(field)}" for place, field in enumerate(fields))
    return f"""
        select {ROW_KEY}, place,
            case when length(text) > {_LONGEST_VALUE} then left(text, {_LONGEST_VALUE - 1}) || '…' else text end as text
        from (
            select {ROW_KEY}, place, case place {texts} end as text
            from bad join (
                select {ROW_KEY}, {told} from beside
                union select submission_id, other_index, {told} from beside
            ) using ({ROW_KEY})
        )
    """


def _place(sheet: str, row: str) -> str:
    named = f"case when own_sheet is distinct from sheet then '工作表“' || redact({sheet}) || '”' else '' end"
    return f"{named} || '第' || {row} || '行'"


_PAIR = f"{ROW_KEY}, check_number, other_index"


def _partnered(fields: Sequence[Field]) -> str:
    """The sentences and the structure, by row and check."""
    titles = ", ".join("'" + field.title.replace("'", "''") + "'" for field in fields)
    return f"""
        with told as (
            select {_PAIR}, own_sheet, unnest(differing[1:{_FIELDS}]) as place from beside
        ),
        worded as (
            select {_PAIR}, string_agg(
                coalesce(titles, [{titles}])[place + 1] || case
                    when own.text is not distinct from other.text then ' 不同'
                    else concat(' ', coalesce(own.text, '（空）'), ' / ', coalesce(other.text, '（空）'))
                end, '、' order by place
            ) as cells
            from told
            join cell as own using ({ROW_KEY}, place)
            join cell as other
                on other.submission_id = told.submission_id and other.row_index = told.other_index
                and other.place = told.place
            left join headers
                on headers.submission_id = told.submission_id and headers.sheet is not distinct from told.own_sheet
            group by all
        )
        select {ROW_KEY}, check_number,
            string_agg(
                {_place("own_sheet", "own_row")} || '与' || {_place("sheet", "row")} || case
                    when cells is null then '完全相同。'
                    when len(differing) > {_FIELDS} then '：' || cells || '等 ' || len(differing) || ' 列。'
                    else '：' || cells || '。'
                end, '' order by other_index
            )
            || case when any_value(versions) > {PARTNERS + 1}
                then '这样互不相同的行共 ' || any_value(versions) || ' 行。' else '' end as detail,
            list(
                {{'unit': null::varchar, 'sheet': sheet, 'row': row, 'fields': names}} order by other_index
            ) as partners
        from beside left join worded using ({_PAIR})
        group by all
    """


def _judged(fields: Sequence[Field], checks: Sequence[Check]) -> pa.Table:
    """check_number → the places in `fields` in which partners are compared; of none, in all."""
    places = [_compared(fields, check) for check in checks]
    return pa.table(
        {
            "check_number": pa.array(range(len(checks)), pa.int16()),
            "judged": pa.array(places, pa.list_(pa.int64())),
        }
    )


def _compared(fields: Sequence[Field], check: Check) -> list[int]:
    names = set() if check.apart == ROW_HASH else {*check.fields, *bad_rows.words(check.apart)}
    return [place for place, field in enumerate(fields) if field.name in names]


def _headers(fields: Sequence[Field], readings: Sequence[tuple[Submission, Reading]]) -> pa.Table:
    """submission_id, sheet → of each field how its sender calls it."""
    called: dict[tuple[str, str | None], dict[str, str]] = {}
    for submission, reading in readings:
        for column in reading.columns:
            if column.field:
                place = (submission.submission_id, column.sheet)
                called.setdefault(place, {})[column.field] = redact(" ".join(column.header.split()))
    lines = [
        {
            "submission_id": submission_id,
            "sheet": sheet,
            "titles": [headers.get(field.name, field.title) for field in fields],
        }
        for (submission_id, sheet), headers in called.items()
    ]
    return pa.Table.from_pylist(lines, _HEADERS)
