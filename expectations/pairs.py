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
from expectations.cell_text import shown, typed_text
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
    (`tables.PARTNER`), from `partner` and the rows in `bad`, which holds the partners too."""
    fields = [field for field in dataset.fields if field.name not in NOT_HASHED]
    names = f"[{', '.join(_literal(field.name) for field in fields)}]"
    titles = f"[{', '.join(_literal(field.title) for field in fields)}]"
    judged = pa.table(
        {
            "check_number": pa.array(range(len(checks)), pa.int16()),
            "judged": pa.array(
                [[] if check.apart == ROW_HASH else [*check.fields, *bad_rows.words(check.apart)] for check in checks],
                pa.list_(pa.string()),
            ),
        }
    )
    con.register("judged", judged)
    con.register("headers", _headers(fields, readings))
    con.execute(f"""
        create or replace temp table partnered as
        with cells as (
            select {ROW_KEY}, sheet, row_number, [{", ".join(map(_short, fields))}] as shown,
                [{", ".join(map(_said, fields))}] as said
            from bad semi join (
                select {ROW_KEY} from partner union all select submission_id, other_index from partner
            ) using ({ROW_KEY})
        ),
        beside as (
            select partner.*, own.sheet as own_sheet, other.sheet, own.row_number as own_row, other.row_number,
                own.shown as own_shown, other.shown,
                coalesce(headers.titles, {titles}) as titles,
                list_filter(
                    range(1, {len(fields) + 1}),
                    place -> own.said[place] is distinct from other.said[place]
                    and (judged = [] or list_contains(judged, ({names})[place]))
                ) as differing
            from partner
            join judged using (check_number)
            join cells as own using ({ROW_KEY})
            join cells as other
                on other.submission_id = partner.submission_id and other.row_index = partner.other_index
            left join headers
                on headers.submission_id = partner.submission_id and headers.sheet is not distinct from own.sheet
        ),
        worded as (
            select *,
                {_place("own_sheet", "own_row")} || '与' || {_place("sheet", "row_number")} as places,
                array_to_string(list_transform(
                    differing[1:{_FIELDS}],
                    place -> titles[place] || case
                        when own_shown[place] is not distinct from shown[place] then ' 不同'
                        else concat(' ', coalesce(own_shown[place], '（空）'), ' / ', coalesce(shown[place], '（空）'))
                    end
                ), '、') as cells,
                case when len(differing) > {_FIELDS} then '等 ' || len(differing) || ' 列' else '' end as more,
                list_transform(differing, place -> ({names})[place]) as names
            from beside
        )
        select {ROW_KEY}, check_number,
            string_agg(
                places || case when differing = [] then '完全相同。' else '：' || cells || more || '。' end,
                '' order by other_index
            )
            || case when any_value(versions) > {PARTNERS + 1}
                then '这样互不相同的行共 ' || any_value(versions) || ' 行。' else '' end as detail,
            list(
                {{'unit': null::varchar, 'sheet': sheet, 'row': row_number, 'fields': names}} order by other_index
            ) as partners
        from worded group by all
    """)
    con.unregister("headers")
    con.unregister("judged")


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


def _short(field: Field) -> str:
    cell = shown(field)
    return f"case when length({cell}) > {_LONGEST_VALUE} then left({cell}, {_LONGEST_VALUE - 1}) || '…' else {cell} end"


def _said(field: Field) -> str:
    """What a cell says, whatever way it is written: the value, or the text that gives none."""
    return f"coalesce({typed_text(field)}, case when {field.flaw} is not null then {field.sent} end)"


def _place(sheet: str, row: str) -> str:
    named = f"case when own_sheet is distinct from sheet then '工作表“' || redact({sheet}) || '”' else '' end"
    return f"{named} || '第' || {row} || '行'"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
