"""The tables that the rules across submissions read: rows of what stands, and what is known of classes, institutions,
certificates, participations and totals.

Each is laid into the connection when a rule first reads it, and has a digest of all that it depends on, so that a rule
is judged anew where that changed. What is found by them is `cross_submission`; ends at tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from expectations import recount
from expectations.judgement_store import JudgementStore, Kind, digest
from warehouse.store import snapshot
from warehouse.store.data_root import ACCEPTED_ROWS, HELD_ROWS, Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import back_file, contract, policy, privacy
from warehouse.vocabulary import period as periods
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.submission import Decision
from warehouse.vocabulary.tables import accepted_schema, shaped_schema, stored_schema, stored_sql

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
)
_PLACE = ("unit_code", "period", "period_end_date")
_ORDER = ("submission_id", "row_index")
_CERTIFIED = ("issue_date", "occupation_code", "skill_level")
_KEPT = {"training_class": "class_id", "certificate": "certificate_key"}
"""Dataset → what a newer version of a submission should still have."""
_SUBMITTED = pa.schema(
    [
        ("submission_id", pa.string()),
        ("dataset", pa.string()),
        ("unit_code", pa.string()),
        ("period", pa.string()),
        ("period_end_date", pa.date32()),
        ("received_rows", pa.int64()),
        ("sha256", pa.string()),
    ]
)


_ALL, _TABLE = "all periods", "a table"
_FILES_OF_A_VIEW = 200
"""More files are read into a table: each rule would open them again, which costs 0.5 ms a file."""


@dataclass(frozen=True)
class RowPart:
    """Accepted rows of what stands of one dataset and period. `digest`: of these rows; `files`: where they lie."""

    digest: str
    files: tuple[Path, ...]


RowParts = Mapping[str, Mapping[str, RowPart]]
"""Dataset → period → rows."""


def class_columns() -> tuple[str, ...]:
    """What is known of a class: what rules read of it, and what the recount asks."""
    return tuple(dict.fromkeys((*_CLASS, *recount.columns("training_class"))))


@dataclass(frozen=True)
class _Derived:
    """A table made from others. `rows`, `held`, `replaced`: datasets whose standing, held or replaced rows it is made
    from; `tables`: derived ones. `is_by_period`: its lines of a period come from that period's rows alone."""

    sql: Callable[[], str]
    rows: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    is_by_period: bool = False


class AcrossTables:
    """What stands, as the tables that rules name."""

    def __init__(
        self, store: JudgementStore, root: Root, statuses: Sequence[SubmissionStatus], parts: RowParts
    ) -> None:
        self._store, self._con, self._root, self._parts = store, store.con, root, parts
        self._statuses = statuses
        self._laid: dict[str, str | tuple[str, ...]] = {}
        self._digests: dict[tuple[str, str | None], str] = {}

    def standing(self, dataset: str) -> Sequence[Decision]:
        """The decisions on what stands of a dataset."""
        return self._standing.get(dataset, [])

    @cached_property
    def _standing(self) -> dict[str, list[Decision]]:
        by_dataset: dict[str, list[Decision]] = {}
        for status in self._statuses:
            if status.stands:
                by_dataset.setdefault(status.decision.submission.dataset, []).append(status.decision)
        return by_dataset

    @cached_property
    def letters(self) -> Mapping[str, Mapping[str, str]]:
        """Dataset → period → digest of where the columns of its files stand, which their decisions say."""
        sources: dict[str, dict[str, list[str]]] = {}
        for dataset, decisions in self._standing.items():
            by_period = sources.setdefault(dataset, {})
            for decision in decisions:
                by_period.setdefault(decision.submission.period, []).append(source_of(decision))
        return {
            dataset: {period: digest(sorted(by_period[period])) for period in sorted(by_period)}
            for dataset, by_period in sources.items()
        }

    def digest(self, name: str, period: str | None = None) -> str:
        """Of all that a table depends on, or that its lines of one period do."""
        if (name, period) not in self._digests:
            self._digests[name, period] = self._digest(name, period)
        return self._digests[name, period]

    def _digest(self, name: str, period: str | None) -> str:
        derived = DERIVED.get(name)
        if derived is None:
            parts = self._parts.get(name, {})
            return digest([(name, parts[name].digest) for name in sorted(parts) if period in (None, name)])
        return digest(
            name,
            [self.digest(table, period) for table in derived.rows],
            [self.digest(table) for table in derived.tables],
            [sorted(self._held(dataset, period)) for dataset in derived.held],
            [sorted(self._replaced(dataset)) for dataset in derived.replaced],
        )

    def submitted_digest(self, dataset: str) -> str:
        """Of the lines of a dataset in `submitted`: a rule sees no others."""
        return digest(
            sorted((repr(decision.submission), decision.rows.received) for decision in self.standing(dataset))
        )

    def lay(self, name: str, only: Iterable[str] | None = None) -> None:
        """Lays a table; of a dataset, or a table by period, the rows of some periods `only`, else of all."""
        chosen = _ALL if only is None else tuple(only)
        if name in DERIVED:
            self._lay_derived(name, chosen)
        else:
            self._lay_rows(name, chosen)

    def _lay_rows(self, dataset: str, only: str | tuple[str, ...]) -> None:
        if self._laid.get(dataset) in (only, _TABLE):
            return
        parts = self._parts.get(dataset, {})
        chosen = [period for period in sorted(parts) if only == _ALL or period in only]
        files = [str(file) for period in chosen for file in parts[period].files]
        definition = contract.dataset(dataset)
        self._con.register("typed", stored_schema(definition).empty_table())
        self._con.execute(f"create or replace temp table typed_{dataset} as from typed")
        self._con.unregister("typed")
        columns = ", ".join(f'{sql} as "{name}"' for name, sql in stored_sql(definition).items())
        rows = f"from typed_{dataset}"
        if files:
            listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
            rows += f" union all by name select * from read_parquet([{listed}], union_by_name = true)"
        if len(files) > _FILES_OF_A_VIEW:
            self._con.execute(f"drop view if exists temp.{dataset}")
        form = "table" if len(files) > _FILES_OF_A_VIEW else "view"
        self._con.execute(f"create or replace temp {form} {dataset} as select {columns} from ({rows})")
        self._laid[dataset] = _TABLE if form == "table" else only

    def _lay_derived(self, name: str, only: str | tuple[str, ...]) -> None:
        if self._laid.get(name) == only:
            return
        derived = DERIVED[name]
        for table in derived.tables:
            self.lay(table)
        for table in derived.rows:
            self._lay_rows(table, only)
        for dataset in derived.held:
            self._store.read(_held_kind(dataset), self._held(dataset))
        for dataset in derived.replaced:
            self._store.read(_replaced_kind(dataset), self._replaced(dataset))
        self._con.execute(f"create or replace temp table {name} as {derived.sql()}")
        self._laid[name] = only

    def lay_submitted(self, dataset: str) -> None:
        """`submitted` with the lines of one dataset."""
        decisions = self.standing(dataset)
        spans = [periods.parse(decision.submission.period) for decision in decisions]
        columns = [
            [decision.submission_id for decision in decisions],
            [dataset] * len(decisions),
            [decision.submission.unit for decision in decisions],
            [decision.submission.period for decision in decisions],
            [span and span.end for span in spans],
            [decision.rows.received for decision in decisions],
            [decision.submission.sha256 for decision in decisions],
        ]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _SUBMITTED, strict=True)]
        self._con.register("typed", pa.Table.from_arrays(arrays, schema=_SUBMITTED))
        self._con.execute("create or replace temp table submitted as from typed")
        self._con.unregister("typed")

    def _held(self, dataset: str, period: str | None = None) -> dict[str, Path]:
        """Held rows of what pages show for its key, by source, of all periods or one. One that is lost stops only the
        pages of its own submission, which say so."""
        by_period = self._held_files.get(dataset, {})
        chosen = by_period.values() if period is None else [by_period.get(period, {})]
        return {source: file for files in chosen for source, file in files.items()}

    @cached_property
    def _held_files(self) -> dict[str, dict[str, dict[str, Path]]]:
        """Dataset → period → source → file."""
        held: dict[str, dict[str, dict[str, Path]]] = {}
        for decision in (status.decision for status in self._statuses if status.represents_key):
            if decision.rows.held and (file := self._root.held_file(decision)).is_file():
                by_period = held.setdefault(decision.submission.dataset, {})
                by_period.setdefault(decision.submission.period, {})[source_of(decision, HELD_ROWS)] = file
        return held

    def _replaced(self, dataset: str) -> dict[str, Path]:
        """Accepted rows of submissions that newer ones of the same key replaced."""
        current = {decision.submission.key for decision in self.standing(dataset)}
        return {
            source_of(status.decision): self._root.decision_folder(status.decision) / ACCEPTED_ROWS
            for status in self._statuses
            if status.has_stood
            and not status.stands
            and status.decision.submission.dataset == dataset
            and status.decision.rows.accepted
            and status.decision.submission.key in current
        }


def source_of(decision: Decision, file: str = ACCEPTED_ROWS) -> str:
    """A decision that was made again may have other bytes."""
    return f"{decision.folder_name} {decision.checksums.get(file)}"


def pinned_parts(root: Root, pinned: snapshot.Parts) -> dict[str, dict[str, RowPart]]:
    """What a build reads, as it lies in `work/pinned/`."""
    return {
        dataset: {
            period: RowPart(part.sha256, (snapshot.pinned_file(root, dataset, period, part),))
            for period, part in by_period.items()
        }
        for dataset, by_period in pinned.items()
    }


def decided_parts(root: Root, statuses: Iterable[SubmissionStatus]) -> dict[str, dict[str, RowPart]]:
    """What stands, as it lies in `decided/`."""
    by_period: dict[str, dict[str, list[Decision]]] = {}
    for decision in (status.decision for status in statuses if status.stands and status.decision.rows.accepted):
        submission = decision.submission
        by_period.setdefault(submission.dataset, {}).setdefault(submission.period, []).append(decision)
    return {
        dataset: {
            period: RowPart(
                digest(sorted(map(source_of, decisions))),
                tuple(root.decision_folder(decision) / ACCEPTED_ROWS for decision in decisions),
            )
            for period, decisions in of_dataset.items()
        }
        for dataset, of_dataset in by_period.items()
    }


def _held_kind(dataset: str) -> Kind:
    """What is kept of held rows: no identifier, and in a text none either, wherever a sender wrote it."""
    definition = contract.dataset(dataset)
    wanted = {
        "training_class": class_columns(),
        "institution_directory": _INSTITUTION,
        "certificate": recount.columns("certificate"),
        "training_record": ("class_id", *recount.columns("training_record")),
        "support_service": recount.columns("support_service"),
    }[dataset]
    names = tuple(dict.fromkeys((*_ORDER, *_PLACE, *wanted)))
    shaped = shaped_schema(definition)
    fields = [shaped.field(name) for name in names]
    texts = {field.name for field in fields if pa.types.is_string(field.type)} - {"submission_id", *_PLACE}
    selected = [f"{_compared(definition, name)} as {name}" if name in texts else name for name in names]
    if dataset == "certificate":
        token = next(column for column in privacy.accepted_columns(definition) if column.name == "certificate_key")
        fields.append(pa.field(token.name, token.type))
        selected.append(f"{token.sql} as {token.name}")
    return Kind(f"held_{dataset}", pa.schema(fields), ", ".join(selected))


def _compared(dataset: Dataset, name: str) -> str:
    """A text of a held row as it goes with those of accepted rows."""
    if dataset.field(name).kind != "uscc":
        return f"redact({name})"
    return f"case when {privacy.is_sole_trader(name)} then organisation_code({name}) else redact({name}) end"


def _replaced_kind(dataset: str) -> Kind:
    names = ("unit_code", "period", _KEPT[dataset])
    schema = accepted_schema(contract.dataset(dataset))
    return Kind(f"replaced_{dataset}", pa.schema([schema.field(name) for name in names]), ", ".join(names))


def _known_class() -> str:
    """One row per class: of each fact what the newest period says, of its rows the last, accepted before held."""
    order = "(period_end_date, is_accepted, submission_id, row_index)"
    attributes = ", ".join(f"arg_max({column}, {order}) as {column}" for column in class_columns()[1:])
    chosen = ", ".join((*class_columns(), *_ORDER, "period_end_date"))
    return (
        f"select class_id, {attributes} from ("
        f"select {chosen}, true as is_accepted from training_class "
        f"union all select {chosen}, false from held_training_class) where class_id is not null group by class_id"
    )


def _entries(columns: str) -> str:
    """An enterprise accepted before it had a register of its own is no institution; a held row may yet become one."""
    is_enterprise = policy.is_code("enterprise_type_code", "entity_type", "period_end_date")
    return (
        f"(select {columns} from institution_directory where not coalesce({is_enterprise}, false) "
        f"union all select {columns} from held_institution_directory)"
    )


def _known_institution() -> str:
    columns = "uscc, name, occupations, valid_from, valid_to"
    return f"select distinct {columns} from {_entries(columns)} where uscc is not null and valid_from is not null"


def _known_issuer() -> str:
    columns = "cert_org_code, uscc"
    return f"select distinct {columns} from {_entries(columns)} where cert_org_code is not null"


def _listed_institution() -> str:
    """Of directories as of their day; a back-file of past institutions is none."""
    return (
        "select distinct unit_code, period, period_end_date, coalesce(uscc, carrier_no) as number, name "
        f"from {_entries('uscc, carrier_no, name, unit_code, period, period_end_date')} "
        f"where not {back_file.is_within('period_end_date')}"
    )


def _known_participation() -> str:
    """class_id, persons (distinct, accepted) and completers (the most that there can be: distinct among the accepted,
    and every held row)."""
    return """
        select class_id, sum(persons) as persons, sum(completers) as completers from (
            select class_id, count(person_key) as persons, count(person_key) filter (is_completed) as completers
            from (
                select class_id, person_key, bool_or(completed) as is_completed from training_record group by all
            ) group by class_id
            union all select class_id, 0, count(*) from held_training_record group by class_id
        ) where class_id is not null group by class_id
    """


def _known_certificate() -> str:
    """certificate_key, and of the accepted ones issue_date, occupation_code, skill_level."""
    return f"""
        select certificate_key, {", ".join(f"min({name}) as {name}" for name in _CERTIFIED)} from (
            select certificate_key, {", ".join(_CERTIFIED)} from certificate
            union all by name select certificate_key from held_certificate
        ) where certificate_key is not null group by certificate_key
    """


def _replaced_keys(dataset: str) -> Callable[[], str]:
    return lambda: f"from replaced_{dataset}"


def _recount() -> str:
    """unit_code, period, metric_id, and the least and the most that the unit's rows can mean for it.

    The least counts accepted rows, the most also held ones: a held row may or may not stand as it was reported.
    """
    counted: list[str] = []
    for name in recount.DATASETS:
        conditions = recount.conditions(name)
        if not conditions:
            continue
        chosen = ", ".join(("unit_code", "period", *recount.columns(name)))
        joined = " left join known_class as class using (class_id)" if name == "training_record" else ""
        counts = ", ".join(
            f"{{'metric_id': '{target_id}', "
            f"'lowest': count(*) filter (not is_held and ({condition})), "
            f"'highest': count(*) filter (coalesce({condition}, is_held))}}"
            for target_id, condition in conditions.items()
        )
        counted.append(
            f"select unit_code, period, unnest([{counts}], recursive := true) from ("
            f"select {chosen}, false as is_held from {name} "
            f"union all select {chosen}, true from held_{name}) as row{joined} group by unit_code, period"
        )
    return " union all ".join(counted)


DERIVED: Mapping[str, _Derived] = {
    "known_class": _Derived(_known_class, rows=("training_class",), held=("training_class",)),
    "known_institution": _Derived(_known_institution, rows=("institution_directory",), held=("institution_directory",)),
    "known_issuer": _Derived(_known_issuer, rows=("institution_directory",), held=("institution_directory",)),
    "listed_institution": _Derived(
        _listed_institution, rows=("institution_directory",), held=("institution_directory",)
    ),
    "known_participation": _Derived(_known_participation, rows=("training_record",), held=("training_record",)),
    "known_certificate": _Derived(_known_certificate, rows=("certificate",), held=("certificate",)),
    "superseded_training_class": _Derived(_replaced_keys("training_class"), replaced=("training_class",)),
    "superseded_certificate": _Derived(_replaced_keys("certificate"), replaced=("certificate",)),
    "recount": _Derived(
        _recount, rows=recount.DATASETS, held=recount.DATASETS, tables=("known_class",), is_by_period=True
    ),
}
"""Tables made for the rules beside the datasets and `submitted`."""
