"""What the database of dbt was built from, kept inside it: the SQL of models and tests, the sources' content, the key.

Written when dbt has built all models, and in the transaction of every change below; a database without it, or with
another key, is built in full. Reads dbt's manifest and results; what is done with a difference is `dbt_changes`.
"""

from __future__ import annotations

import csv
import graphlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.pipeline.columns_read import columns_read
from warehouse.store.data_root import Root
from warehouse.vocabulary.project import REFERENCE

LAYOUT = 2
"""To be raised when what is kept here, or how changes are carried on, becomes another."""
_TABLES = """
create schema if not exists build_state;
create or replace table build_state.key (facts varchar);
create or replace table build_state.node (position integer, facts varchar);
create or replace table build_state.source (name varchar, version varchar);
create or replace table build_state.passed_test (name varchar);
"""


@dataclass(frozen=True)
class ChangedBy:
    """How a changed row of an input touches keys of a model.

    `columns`: the input's columns, or expressions of them, that are the model's key, so that only rows of changed keys
    need be read. Else
    `through`: the input whose rows have the key, joined by `by` (column of this input → column of that one).
    """

    columns: tuple[str, ...] = ()
    through: str = ""
    by: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Model:
    """`inputs`: models and sources that its SQL reads, sources as `source.table`; `key`: its columns by which changes
    are carried on, none where it is built whole; `reads`: input → its columns without which no row comes out otherwise,
    of inputs left out all."""

    name: str
    relation: str
    sql: str
    inputs: tuple[str, ...]
    key: tuple[str, ...] = ()
    changed_by: Mapping[str, ChangedBy] | None = None
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Test:
    """`stores`: where rows of senders' data that fail are kept; else a row that fails stops the publication.

    What need be looked at where the test passed before: of inputs that are `judged_by` columns the rows of changed
    values of these (no columns: each row that came by itself, and those that lead to one that is gone: `leads_to` has
    the columns that lead to those of another input); where any other input changed, all.
    """

    name: str
    sql: str
    inputs: tuple[str, ...]
    stores: str | None = None
    judged_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leads_to: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """Models in the order in which they are built, tests, and the sources' SQL by name."""

    models: tuple[Model, ...]
    tests: tuple[Test, ...]
    sources: Mapping[str, str]


def key(root: Root, models_version: str) -> dict[str, Any]:
    """What compiled SQL depends on beside the models: where it reads, and the policies of the as-of day."""
    with duckdb.connect() as con:
        rows = con.execute(
            "select cast(as_of_date as varchar) from read_parquet(?)", [str(root.register / "run.parquet")]
        ).fetchall()
    return {
        "layout": LAYOUT,
        "duckdb": duckdb.__version__,
        "models": models_version,
        "root": str(root.path),
        "reference": str(REFERENCE),
        "policy": _policies(REFERENCE / "policy.csv", rows[0][0]),
    }


def _policies(path: Path, day: str) -> str:
    content = path.read_text("utf-8-sig")
    holding = [
        (row["since"] or "0001-01-01") <= day <= (row["until"] or "9999-12-31")
        for row in csv.DictReader(content.splitlines())
    ]
    return hashlib.sha256(f"{content}{holding}".encode()).hexdigest()[:16]


def versions(root: Root, names: Iterable[str]) -> dict[str, str]:
    """Source → what its content is known by: the pinned files of accepted rows, the digest of a file of all else."""
    return {name: _version(root, *name.split(".")) for name in names}


def _version(root: Root, source: str, table: str) -> str:
    if source == "accepted":
        return ";".join(sorted(path.name for path in (root.pinned / table).glob("*~*.parquet")))
    path = root.register / f"{table}.parquet" if source == "register" else REFERENCE / f"{table}.csv"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def changed_periods(before: str, after: str) -> list[str]:
    """Periods whose pinned files are others."""
    files = set(before.split(";")) ^ set(after.split(";"))
    return sorted({name.partition("~")[0] for name in files if name})


def read_key(con: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
    """None where dbt has not built all models."""
    try:
        rows = con.execute("select facts from build_state.key").fetchall()
    except duckdb.CatalogException:
        return None
    facts: dict[str, Any] | None = json.loads(rows[0][0]) if len(rows) == 1 else None
    return facts


def read_project(con: duckdb.DuckDBPyConnection) -> Project:
    models, tests, sources = [], [], {}
    for (facts,) in con.execute("select facts from build_state.node order by position").fetchall():
        node = json.loads(facts)
        kind = node.pop("kind")
        node["inputs"] = tuple(node.get("inputs", ()))
        if kind == "model":
            changed_by = {name: _changed_by(told) for name, told in (node.pop("changed_by") or {}).items()}
            reads = {name: tuple(columns) for name, columns in node.pop("reads").items()}
            models.append(Model(**node | {"key": tuple(node["key"]), "changed_by": changed_by, "reads": reads}))
        elif kind == "test":
            judged_by = {name: tuple(columns) for name, columns in node.pop("judged_by").items()}
            leads_to = {name: tuple(map(tuple, pairs)) for name, pairs in node.pop("leads_to").items()}
            tests.append(Test(**node, judged_by=judged_by, leads_to=leads_to))
        else:
            sources[node["name"]] = node["sql"]
    return Project(tuple(models), tuple(tests), sources)


def _changed_by(told: Mapping[str, Any]) -> ChangedBy:
    return ChangedBy(tuple(told.get("columns", ())), told.get("through", ""), told.get("by"))


def read_sources(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("select name, version from build_state.source").fetchall())


def read_passed(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in con.execute("select name from build_state.passed_test").fetchall()}


def write_progress(con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], passed: Iterable[str]) -> None:
    """What the tables were built from now; inside the transaction that changed them."""
    con.execute("delete from build_state.source; delete from build_state.passed_test")
    con.execute(
        "insert into build_state.source select unnest($names), unnest($versions)",
        {"names": list(sources), "versions": list(sources.values())},
    )
    con.execute("insert into build_state.passed_test select unnest($names)", {"names": sorted(passed)})


def write(
    con: duckdb.DuckDBPyConnection,
    built_from: Mapping[str, Any],
    project: Project,
    sources: Mapping[str, str],
    passed: Iterable[str],
) -> None:
    """After dbt has built all models."""
    con.execute("begin")
    con.execute(_TABLES)
    for position, facts in enumerate(_facts(_with_reads(con, project))):
        con.execute("insert into build_state.node values ($1, $2)", [position, json.dumps(facts, ensure_ascii=False)])
    con.execute("insert into build_state.key values ($1)", [json.dumps(built_from)])
    write_progress(con, sources, passed)
    con.execute("commit")


def _with_reads(con: duckdb.DuckDBPyConnection, project: Project) -> Project:
    names = {model.relation.replace('"', ""): model.name for model in project.models}
    planned = columns_read(con, [model.sql for model in project.models])
    return replace(
        project,
        models=tuple(
            replace(model, reads={names[table]: columns for table, columns in tables.items() if table in names})
            for model, tables in zip(project.models, planned, strict=True)
        ),
    )


def _facts(project: Project) -> Iterator[dict[str, Any]]:
    for model in project.models:
        yield {"kind": "model", **asdict(model)}
    for test in project.tests:
        yield {"kind": "test", **asdict(test)}
    for name, sql in project.sources.items():
        yield {"kind": "source", "name": name, "sql": sql}


def project(manifest: Mapping[str, Any], results: Iterable[Mapping[str, Any]]) -> Project:
    """What dbt built and tested, from its manifest and the results with their compiled SQL."""
    nodes: Mapping[str, Any] = manifest["nodes"]
    compiled = {result["unique_id"]: result["compiled_code"] for result in results}
    models = {
        unique_id: _model(nodes[unique_id], nodes, manifest["sources"], sql)
        for unique_id, sql in compiled.items()
        if nodes[unique_id]["resource_type"] == "model"
    }
    by_name = {model.name: model for model in models.values()}
    reads = {name: set(by_name) & set(model.inputs) for name, model in by_name.items()}
    order = graphlib.TopologicalSorter(reads).static_order()
    tests = [
        _test(nodes[unique_id], nodes, manifest["sources"], sql)
        for unique_id, sql in compiled.items()
        if nodes[unique_id]["resource_type"] == "test"
    ]
    sources = {f"{node['source_name']}.{node['name']}": node["relation_name"] for node in manifest["sources"].values()}
    return Project(tuple(by_name[name] for name in order), tuple(tests), sources)


def _model(node: Mapping[str, Any], nodes: Mapping[str, Any], sources: Mapping[str, Any], sql: str) -> Model:
    told = node["config"]["meta"].get("change", {})
    return Model(
        node["name"],
        node["relation_name"],
        sql,
        _inputs(node, nodes, sources),
        tuple(told.get("key", ())),
        {name: _changed_by(facts) for name, facts in told.get("changed_by", {}).items()},
    )


def _test(node: Mapping[str, Any], nodes: Mapping[str, Any], sources: Mapping[str, Any], sql: str) -> Test:
    inputs = _inputs(node, nodes, sources)
    stores = node["relation_name"] if node["config"]["store_failures"] else None
    judged_by, leads_to = _scope(node, nodes, inputs)
    return Test(node["name"], sql, inputs, stores, judged_by, leads_to)


_Scope = tuple[dict[str, tuple[str, ...]], dict[str, tuple[tuple[str, str], ...]]]


def _scope(node: Mapping[str, Any], nodes: Mapping[str, Any], inputs: Iterable[str]) -> _Scope:
    """A generic test's from what it tests; of others what their `meta: judged_by` says of staging tables."""
    generic = node.get("test_metadata")
    if generic is None:
        columns = node["config"]["meta"].get("judged_by")
        return {name: tuple(columns) for name in inputs if columns is not None and name.startswith("stg_")}, {}
    name, arguments = nodes[node["attached_node"]]["name"], generic["kwargs"]
    if generic["name"] == "primary_key":
        return {name: tuple(arguments["columns"])}, {}
    if generic["name"] in ("accepted_values", "no_rows_where"):
        return {name: ()}, {}
    if generic["name"] == "foreign_keys":
        leads_to: dict[str, tuple[tuple[str, str], ...]] = {}
        for key in arguments["keys"]:
            table = key["to"].split("'")[1]
            leads_to[table] = (*leads_to.get(table, ()), (key["column"], key.get("field") or key["column"]))
        return ({name: ()}, leads_to) if name not in leads_to else ({}, {})
    return {}, {}


def _inputs(node: Mapping[str, Any], nodes: Mapping[str, Any], sources: Mapping[str, Any]) -> tuple[str, ...]:
    """Tables and sources that its SQL reads, those of steps without a table of their own included."""
    names: set[str] = set()
    for unique_id in node["depends_on"]["nodes"]:
        if unique_id in sources:
            names.add(f"{sources[unique_id]['source_name']}.{sources[unique_id]['name']}")
        elif nodes[unique_id]["config"]["materialized"] == "ephemeral":
            names.update(_inputs(nodes[unique_id], nodes, sources))
        else:
            names.add(nodes[unique_id]["name"])
    return tuple(sorted(names))
