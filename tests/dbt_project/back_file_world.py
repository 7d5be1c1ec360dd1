"""Files of a few units about few persons, back-files among them, and two answers to what they add up to.

`Models` runs the compiled models over them, `recounted` asks the plain recount of `tests.e2e.recount`, which is given
what stands as its truth; the two share nothing but the files. Test support only.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from ingest.feed import feeds
from tests.dbt_project.dbt_world import FIRST, SECOND, World, certificate, record, training_class
from tests.e2e import recount
from warehouse.store import records
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import ARROW

Row = dict[str, Any]
AS_OF = dt.date(2026, 11, 20)
UNITS = ("CAB", "EDU", "VET")
PERIODS = ("2025-01", "2025-09", "2025-10", "2025-11", "2026-01")
TARGETS = ("T01", "T02", "T03", "T04", "T05", "T07", "T12")
PERSONS = ("P1", "P2")


def _class(name: str, start: tuple[int, int, int], days: int, **columns: Any) -> Row:
    first = dt.date(*start)
    return training_class(name, first, end_date=first + dt.timedelta(days=days), **columns)


_CLASSES = [
    _class("spring", (2025, 3, 1), 14),
    _class("spring", (2025, 10, 20), 20, competent_dept="EDU", programs="02"),
    _class("over spring", (2025, 3, 10), 30, competent_dept="EDU", programs="10"),
    _class("to the last day", (2025, 10, 21), 10, programs="02;15", occupation_code=None),
    _class("a day too late", (2025, 10, 22), 10, programs="15"),
    _class("the year before", (2024, 12, 1), 30),
    _class("from the first day", (2024, 12, 20), 12, programs="03"),
    _class("paid by nobody", (2025, 6, 1), 3, funding_source="08", programs="02"),
    _class("of an institution of the past", (2025, 6, 1), 3, org_uscc=SECOND),
    _class("of an institution that is gone", (2026, 1, 5), 3, org_uscc=SECOND),
]


def _institution(uscc: str) -> Row:
    return {
        "uscc": uscc,
        "name": "甲",
        "entity_type": "1",
        "valid_from": dt.date(2020, 1, 1),
        "district": "440305",
        "status": "1",
    }


_SERVICE = {"id_type": "01", "person_category": "09", "provider": "甲", "sex": "1", "birth_year": 1990}
CATALOGUE: dict[str, list[Row]] = {
    "training_class": _CLASSES,
    "training_record": [
        record(name, person, completed=completed, completion_date=day)
        for name in sorted({row["class_id"] for row in _CLASSES} | {"of which nobody tells"})
        for person in PERSONS
        for completed, day in ((False, None), (True, dt.date(2025, 10, 31)), (True, None))
    ],
    "certificate": [
        certificate(number, PERSONS[0], issue_date=day, status=status)
        for number, day in (
            ("N1", dt.date(2025, 1, 1)),
            ("N2", dt.date(2025, 10, 31)),
            ("N3", dt.date(2025, 11, 1)),
            ("N4", dt.date(2025, 5, 5)),
        )
        for status in "3211"
    ],
    "support_service": [
        _SERVICE | {"person_key": person, "service_type": kind, "service_date": day, "school": "校", "enrol_year": 2025}
        for person in PERSONS
        for kind in "123"
        for day in (dt.date(2025, 2, 3), dt.date(2025, 10, 31), dt.date(2026, 2, 3))
    ],
    "institution_directory": [_institution(FIRST), _institution(SECOND)],
}
_RAW = {"person_key": "id_no", "certificate_key": "cert_no"}
"""What stands in the senders' files where the warehouse keeps a key."""


@dataclass(frozen=True)
class File:
    """What a unit sends of a dataset and period: no rows are the withdrawal of what came before."""

    dataset: str
    unit: str
    period: str
    is_accepted: bool
    rows: tuple[Row, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.dataset, self.unit, self.period


@dataclass(frozen=True)
class Sent:
    """Files in the order in which they come, and the units and datasets that are signed to be complete."""

    files: tuple[File, ...]
    signed: frozenset[tuple[str, str]]

    def come(self) -> list[File]:
        """With the first directory, before all."""
        return [File("institution_directory", "EDU", "2025-11", True, (_institution(FIRST),)), *self.files]

    def standing(self) -> list[File]:
        """Of each key the newest that was accepted."""
        return list({file.key: file for file in self.come() if file.is_accepted}.values())


def natural_key(dataset: str, row: Row) -> tuple[Any, ...]:
    names = {
        "training_class": ("class_id",),
        "training_record": ("class_id", "person_key"),
        "certificate": ("cert_type", "certificate_key"),
        "support_service": ("service_type", "person_key", "service_date"),
        "institution_directory": ("entity_type", "uscc"),
    }[dataset]
    return tuple(row[name] for name in names)


def of_rows(dataset: str, rows: Iterable[Row]) -> tuple[Row, ...]:
    """One of each natural key: a second one in one file would be held."""
    return tuple({natural_key(dataset, row): row for row in rows}.values())


def declaration(unit: str, values: dict[str, int], *, is_accepted: bool = True) -> File:
    """What a unit declares for January to October 2025."""
    rows = tuple(
        {
            "report_period": "2025-10",
            "dept": unit,
            "metric_id": target,
            "value_period": Decimal(0),
            "value_cum": Decimal(value),
            "unit": "人次",
        }
        for target, value in values.items()
    )
    return File("aggregate_summary", unit, "2025-10", is_accepted, rows)


@st.composite
def _row_files(draw: st.DrawFn) -> File:
    dataset = draw(st.sampled_from(sorted(CATALOGUE)))
    rows = draw(st.lists(st.sampled_from(CATALOGUE[dataset]), max_size=9))
    places = st.tuples(st.sampled_from(UNITS), st.sampled_from(PERIODS), st.sampled_from([True, True, True, False]))
    return File(dataset, *draw(places), of_rows(dataset, rows))


_DECLARATIONS = st.builds(
    lambda unit, values, is_accepted: declaration(unit, values, is_accepted=is_accepted),
    st.sampled_from(UNITS),
    st.dictionaries(st.sampled_from(TARGETS), st.integers(0, 4)),
    st.sampled_from([True, True, False]),
)
ANYTHING = st.builds(
    Sent,
    st.lists(st.one_of(_row_files(), _row_files(), _row_files(), _DECLARATIONS), min_size=8, max_size=24).map(tuple),
    st.frozensets(st.tuples(st.sampled_from(UNITS), st.sampled_from(sorted(CATALOGUE)))),
)


def full() -> Sent:
    """Every unit tells of everything, twice; one takes its certificates back, one signs for them, one for half of what
    its training rests on; an institution of the past is told of in one back-file alone."""
    files = [
        File(dataset, unit, period, True, of_rows(dataset, rows[start:]))
        for period, start in (("2025-09", 0), ("2025-11", 2))
        for dataset, rows in CATALOGUE.items()
        for unit in UNITS
        if dataset != "institution_directory"
    ]
    past = [
        File("institution_directory", "EDU", period, True, (_institution(uscc),))
        for period, uscc in (("2025-01", SECOND), ("2025-05", FIRST))
    ]
    declared = [declaration(unit, dict.fromkeys(TARGETS, 3 + place)) for place, unit in enumerate(UNITS)]
    signed = frozenset({("CAB", "certificate"), ("VET", "training_record")})
    withdrawn = [File("certificate", "EDU", period, True, ()) for period in ("2025-09", "2025-11")]
    return Sent((*declared, *past, *files, *withdrawn), signed)


Balance = tuple[Decimal, Decimal, Decimal]
"""Declared, covered, remaining."""


@dataclass(frozen=True)
class Told:
    """Figures by target, reading and period, and balances by unit and target."""

    figures: dict[tuple[str, str, str], Decimal]
    balances: dict[tuple[str, str], Balance]


class Models:
    """The models above the figures of targets, in a database of their own over a data root of their own."""

    def __init__(self, built: Root, target: Path, root: Root) -> None:
        """`target`: where dbt put what it compiled when it built the data root `built`."""
        self.root = root
        # What DuckDB keeps of a file is told apart by its second and size: here one is written over many times in one.
        self.con = duckdb.connect(config={"threads": 1, "enable_external_file_cache": False})
        self.con.execute(f"attach '{built.database}' as built (read_only); attach ':memory:' as skills")
        self.con.execute("copy from database built to skills; detach built; use skills")
        self.steps = [
            (relation, path.read_text("utf-8").replace(str(built.path), str(root.path)))
            for relation, path in _steps(target, ("int_target_figure", "int_opening_balance"))
        ]

    def told(self, sent: Sent) -> Told:
        lay(self.root, sent)
        for relation, sql in self.steps:
            self.con.execute(f"create or replace table {relation} as {sql}")
        figures = self.con.execute("""
            select target_id, reading, period, coalesce(actual, 0) from intermediate.int_target_figure
        """).fetchall()
        balances = self.con.execute("""
            select unit_code, target_id, sum(declared), sum(covered), sum(remaining)
            from intermediate.int_opening_balance group by all
        """).fetchall()
        return Told({row[:3]: row[3] for row in figures}, {row[:2]: row[2:] for row in balances})


def _steps(target: Path, wanted: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Relation and compiled SQL of these models and of all above them, in the order in which they are built."""
    nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    above: dict[str, list[str]] = {}
    waiting = [name for name, node in models.items() if node["name"] in wanted]
    while waiting:
        name = waiting.pop()
        above[name] = [parent for parent in models[name]["depends_on"]["nodes"] if parent in models]
        waiting += [parent for parent in above[name] if parent not in above]
    for name in TopologicalSorter(above).static_order():
        if models[name]["config"]["materialized"] == "ephemeral":
            continue  # compiled into what reads it
        yield models[name]["relation_name"], target / "compiled" / "skills_warehouse" / "models" / models[name]["path"]


def lay(root: Root, sent: Sent) -> None:
    """Lays the files down as the run before dbt does."""
    world = World(root, as_of=AS_OF)
    for file in sent.come():
        rows, held = (file.rows, 0) if file.is_accepted else ((), len(file.rows))
        world.submit(*file.key, rows, held=held, outcome="accepted" if file.is_accepted else "rejected")
    for feed in feeds():
        for unit in {*feed.units} & {*UNITS}:
            world.expect(feed.dataset, unit, str(feed.first), feed.due_date(feed.first))
    world.completions = [
        {"unit_code": unit, "dataset": dataset, "signed_at": dt.datetime(2026, 2, 1)}
        for unit, dataset in sorted(sent.signed)
    ]
    world.write()


def recounted(root: Root, sent: Sent) -> Told:
    """The same from what stands, in plain Python."""
    truth = recount.Truth(root, AS_OF)
    _tell(root, sent)
    totals = recount.reported(truth)
    return Told(
        recount.counted(truth, recount.without_rows(truth, totals)),
        {
            (row.unit, row.target): (Decimal(row.declared), Decimal(row.covered), Decimal(row.remaining))
            for row in recount.balances(truth, totals).itertuples()
        },
    )


def _tell(root: Root, sent: Sent) -> None:
    """Lays what stands down as the demo lays its truth, with what units signed."""
    root.truth.mkdir(parents=True)
    standing = sent.standing()
    files = [
        {
            "file": "/".join(file.key),
            "dataset": file.dataset,
            "unit_code": file.unit,
            "period": file.period,
            "rows": len(file.rows),
            "outcome": "accepted",
            "is_current": True,
        }
        for file in standing
    ]
    pq.write_table(pa.Table.from_pylist(files), root.truth / "files.parquet")
    texts = pa.schema([(name, pa.string()) for name in ("dataset", "effect", "file", "row_number", "rules")])
    pq.write_table(texts.empty_table(), root.truth / "defects.parquet")
    for dataset in contract.datasets():
        schema = pa.schema(
            [
                *((name, pa.string()) for name in ("file", "effect", "department_code", "unit_code", "period")),
                ("row_number", pa.int64()),
                *((field.name, ARROW[field.kind]) for field in dataset.fields),
            ]
        )
        rows = [
            {_RAW.get(name, name): value for name, value in row.items()}
            | {"file": "/".join(file.key), "effect": "accept", "row_number": number}
            | {"department_code": file.unit, "unit_code": file.unit, "period": file.period}
            for file in standing
            if file.dataset == dataset.name
            for number, row in enumerate(file.rows)
        ]
        pq.write_table(pa.Table.from_pylist(rows, schema), root.truth / f"rows_{dataset.name}.parquet")
    for unit, dataset_name in sorted(sent.signed):
        moment = records.now()
        records.add(root, records.BackFilesSigned(unit, dataset_name, True, "甲", "乙", "", moment))
