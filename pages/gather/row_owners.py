"""To which training institution and district each row with a finding belongs, by SQL over rows accepted and held.

Ends at a table of rows; what is cut by it is in `slices`.

What a row says of itself comes first, then what is reported of its class. Where that is not one institution (code and
name of different ones, two reports on the class that differ), the row belongs to none: nobody gets another's rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations import identity
from warehouse.store import snapshot
from warehouse.store.data_root import ACCEPTED_ROWS, Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import contract, privacy, reference

ROW_OWNER = pa.schema(
    [
        ("submission_id", pa.string()),
        ("row_index", pa.int64()),
        ("is_wrong", pa.bool_()),
        ("institution", pa.string()),
        ("institution_name", pa.string()),
        ("institution_rows", pa.int64()),
        ("district", pa.string()),
        ("district_rows", pa.int64()),
    ]
)
"""`is_wrong`: there is something to correct in the row. `institution` tells one from the others and is not shown;
`…_rows` counts all rows of the submission that belong to the same."""

_INSTITUTION = {
    "training_class": ("org_uscc", "org_name"),
    "certificate": ("issuer_uscc", "issuer_name"),
    "institution_directory": ("uscc", "name"),
}
_DISTRICT = {
    "training_class": "venue_district",
    "institution_directory": "district",
    "aggregate_summary": "district",
}
_KEPT = {"enforcement_case"}
"""What is found out about an institution is not handed to it."""
_TELLING = {"training_class", "institution_directory"}
"""Datasets from which others learn of classes and institutions."""
_NO_TEXT = "null::varchar"


def _owner_columns(dataset: str) -> str:
    """submission_id, row_index, period_end_date, uscc, name, class_id and district of a dataset's rows."""
    fields = {field.name for field in contract.dataset(dataset).fields}
    uscc, name = _INSTITUTION.get(dataset, (_NO_TEXT, _NO_TEXT))
    class_id = "class_id" if "class_id" in fields else _NO_TEXT
    return (
        f"submission_id, row_index, period_end_date, {uscc} as uscc, {name} as name, {class_id} as class_id, "
        f"{_DISTRICT.get(dataset, _NO_TEXT)} as district"
    )


def _is_cut(dataset: str) -> bool:
    fields = {field.name for field in contract.dataset(dataset).fields}
    return dataset not in _KEPT and bool({"class_id"} & fields or dataset in _INSTITUTION or dataset in _DISTRICT)


_SHORTEST_NAME = 5
"""What is shorter may be a person's name that slipped into the column."""
_TIDY = "upper(regexp_replace(translate(nfc_normalize(name), '（）', '()'), '\\s', '', 'g'))"
_USCC = f"case when {identity.full_match('uscc', identity.USCC_FORM)} and {identity.uscc_check('uscc')} then uscc end"
_DISTRICTS = list(reference.codes("district"))
_OWNERS = f"""
with spelled as (
    -- Of each once: 517,000 rows name 1,400 of them.
    select *, {_USCC} as sound_uscc, case when length({_TIDY}) >= {_SHORTEST_NAME} then {_TIDY} end as tidy
    from (select distinct uscc, name from raw)
),
told as (
    select raw.* replace (spelled.sound_uscc as uscc), spelled.tidy
    from raw
    inner join spelled
        on raw.uscc is not distinct from spelled.uscc and raw.name is not distinct from spelled.name
),
-- The code counts before the name, and a name stands for a code where all that give both give the same: the reports on
-- classes and institutions, and the submission itself.
given as (
    select distinct tidy, uscc, case when not is_telling then submission_id end as own from told where tidy is not null
),
named as (
    select asking.submission_id, asking.tidy, count(distinct given.uscc) as codes, min(given.uscc) as uscc
    from (select distinct submission_id, tidy from told where tidy is not null) as asking
    inner join given on asking.tidy = given.tidy and (given.own is null or given.own = asking.submission_id)
    group by all
),
placed as (
    select told.*,
        coalesce(
            told.uscc, case named.codes when 0 then 'name|' || told.tidy when 1 then named.uscc end
        ) as institution,
        case when list_contains({_DISTRICTS}, district) then district end as own_district
    from told left join named using (submission_id, tidy)
),
entitled as (
    select institution, min(name) as name, case when not is_telling then submission_id end as own
    from placed where tidy is not null and institution is not null group by all
),
newest as (
    select class_id, institution, own_district from placed
    where is_class and class_id is not null
    qualify period_end_date = max(period_end_date) over (partition by class_id)
),
class as (
    select class_id,
        case when count(distinct institution) = 1 then min(institution) end as institution,
        case when count(distinct own_district) = 1 then min(own_district) end as district
    from newest group by class_id
),
resolved as (
    select placed.submission_id, placed.row_index,
        case when placed.uscc is null and placed.tidy is null then class.institution else placed.institution end
            as institution,
        coalesce(placed.own_district, class.district) as district
    from placed
    inner join troubled using (submission_id)
    left join class using (class_id)
),
titled as (
    select asking.submission_id, asking.institution, min(entitled.name) as institution_name
    from (select distinct submission_id, institution from resolved) as asking
    inner join entitled
        on asking.institution = entitled.institution
        and (entitled.own is null or entitled.own = asking.submission_id)
    group by all
),
counted as (
    select *,
        case when institution is not null then count(*) over (partition by submission_id, institution) end
            as institution_rows,
        case when district is not null then count(*) over (partition by submission_id, district) end as district_rows
    from resolved
)
select submission_id, row_index, is_wrong, institution,
    case when institution is not null then redact(coalesce(institution_name, institution)) end as institution_name,
    institution_rows, district, district_rows
from counted
inner join (
    select submission_id, row_index, bool_or(severity = 'critical') as is_wrong from finding
    group by submission_id, row_index
) as troubled_row using (submission_id, row_index)
left join titled using (submission_id, institution)
order by submission_id, row_index
"""


def row_owners(
    con: duckdb.DuckDBPyConnection, root: Root, statuses: Sequence[SubmissionStatus], wanted: Collection[str]
) -> pa.Table:
    """`ROW_OWNER` of the rows of the wanted open submissions with a finding in the connection's relation `finding`."""
    privacy.install(con)
    con.execute(
        "create or replace temp table raw (submission_id varchar, row_index bigint, period_end_date date, "
        "uscc varchar, name varchar, class_id varchar, district varchar, is_class boolean, is_telling boolean)"
    )
    about_rows = {
        submission_id
        for (submission_id,) in con.execute(
            "select distinct submission_id from finding where row_index is not null"
        ).fetchall()
    }
    shown = [status.decision.submission_id for status in statuses if status.is_open]
    troubled = [submission_id for submission_id in shown if submission_id in about_rows and submission_id in wanted]
    con.register("troubled", pa.table({"submission_id": pa.array(troubled, pa.string())}))
    if troubled:
        con.register("telling", _telling(con, root, statuses))
        con.execute("insert into raw from telling")
        con.unregister("telling")
    for dataset in sorted({*filter(_is_cut, contract.names())} - _TELLING) if troubled else ():
        for rows in _rows(dataset, _files(root, statuses, dataset, {*troubled})):
            con.execute(f"insert into raw {rows}")
    owners = con.execute(_OWNERS).to_arrow_table()
    con.execute("drop table raw")
    con.unregister("troubled")
    return owners.cast(ROW_OWNER)


def _telling(con: duckdb.DuckDBPyConnection, root: Root, statuses: Sequence[SubmissionStatus]) -> pa.Table:
    """Rows like those of `raw` of all that tells of classes and institutions. The last are kept: a process that stays
    asks for them at each arrival. What stands lies in a file for each period, which are read in 0.14 s, 250
    submissions' own of a year in 0.26."""
    named = [status for status in statuses if status.is_open and status.decision.submission.dataset in _TELLING]
    # Held rows that were lost are back without another decision.
    name = f"{basis(statuses)} {[_held(root, named, dataset) for dataset in sorted(_TELLING)]}"
    if name not in _kept_telling:
        try:
            told = _told(con, root, named, snapshot.accepted_files)
        except duckdb.IOException:  # whoever takes a snapshot meanwhile may take away a part of the one before
            told = _told(con, root, named, _accepted)
        _kept_telling.clear()
        _kept_telling[name] = told
    return _kept_telling[name]


def _told(
    con: duckdb.DuckDBPyConnection,
    root: Root,
    named: Sequence[SubmissionStatus],
    standing_files: Callable[[Root, Sequence[SubmissionStatus], str], Sequence[Path]],
) -> pa.Table:
    queries = ["(from raw limit 0)"]
    for dataset in sorted(_TELLING):
        of_dataset = [status for status in named if status.decision.submission.dataset == dataset]
        standing = [status for status in of_dataset if status.stands]
        others = [status for status in of_dataset if not status.stands]
        accepted = [*standing_files(root, standing, dataset), *_accepted(root, others, dataset)]
        queries += _rows(dataset, [str(path) for path in (*accepted, *_held(root, of_dataset, dataset))])
    return con.execute(" union all ".join(queries)).to_arrow_table()


_kept_telling: dict[str, pa.Table] = {}


def _rows(dataset: str, files: Sequence[str]) -> list[str]:
    """The query of rows like those of `raw`; none without files."""
    if not files:
        return []
    return [
        f"select {_owner_columns(dataset)}, {dataset == 'training_class'}, {dataset in _TELLING} "
        f"from read_parquet({files}, union_by_name = true)"
    ]


def basis(statuses: Sequence[SubmissionStatus]) -> str:
    """Another one whenever other rows tell of classes and institutions; with the same, the owners of a submission's
    rows depend on nothing but itself."""
    telling = sorted(
        f"{status.decision.folder_name} {status.decision.checksums}"
        for status in statuses
        if status.is_open and status.decision.submission.dataset in _TELLING
    )
    return hashlib.sha256("\n".join(telling).encode()).hexdigest()[:16]


def _files(root: Root, statuses: Sequence[SubmissionStatus], dataset: str, wanted: set[str]) -> list[str]:
    """Accepted and held rows of open submissions in `wanted`, as far as they stand."""
    shown = [status for status in statuses if status.is_open and status.decision.submission_id in wanted]
    return [str(path) for path in (*_accepted(root, shown, dataset), *_held(root, shown, dataset))]


def _accepted(root: Root, statuses: Sequence[SubmissionStatus], dataset: str) -> list[Path]:
    return [
        root.decision_folder(status.decision) / ACCEPTED_ROWS
        for status in statuses
        if status.decision.submission.dataset == dataset and status.decision.rows.accepted
    ]


def _held(root: Root, statuses: Sequence[SubmissionStatus], dataset: str) -> list[Path]:
    files = [
        root.held_file(status.decision)
        for status in statuses
        if status.decision.submission.dataset == dataset and status.decision.rows.held
    ]
    return [path for path in files if path.is_file()]
