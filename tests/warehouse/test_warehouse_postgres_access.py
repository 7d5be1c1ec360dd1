"""Who sees what: in random worlds no role reads a row that is not its own, whatever the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import psycopg
import pytest

from tests.warehouse import marts_world, pg_server
from tests.warehouse.marts_world import DEPARTMENTS
from warehouse.published.postgres import access
from warehouse.published.postgres.city import TOTALS
from warehouse.published.postgres.load import load
from warehouse.vocabulary.mart import Mart, marts

DENIED = psycopg.errors.InsufficientPrivilege
VIEWS = [totals.view for totals in TOTALS]
PERSONAL = {name for name, mart in marts().items() if "person_key" in mart.columns and name != "dim_person"}
"""Facts about persons."""


@dataclass(frozen=True)
class World:
    """The same rows in both engines."""

    duckdb: duckdb.DuckDBPyConnection
    postgres: psycopg.Connection

    def seen(self, role: str, table: str) -> list[tuple[Any, ...]]:
        """A table's keys as a role reads them."""
        with self.postgres.transaction():
            self.postgres.execute(f"set local role {role}")
            sql = f"select {keys(table)} from skills.{table} order by {keys(table)}"
            return [tuple(map(as_duckdb, row)) for row in self.postgres.execute(sql).fetchall()]

    def true(self, table: str, condition: str) -> list[tuple[Any, ...]]:
        return self.duckdb.execute(
            f"select {keys(table)} from {table} where {condition} order by {keys(table)}"
        ).fetchall()


def as_duckdb(value: Any) -> Any:
    """A moment bears its zone in PostgreSQL, and is UTC in DuckDB."""
    return value.astimezone(dt.UTC).replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def keys(table: str) -> str:
    return ", ".join(marts()[table].primary_key)


@pytest.fixture(scope="module", params=range(2))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    publication = marts_world.publication(
        tmp_path_factory.mktemp("access") / "p", request.param, dict.fromkeys(marts(), 400)
    )
    with pg_server.server() as running:
        address = pg_server.database(running)
        load(publication, address)
        with publication.connect() as duck, psycopg.connect(address, autocommit=True) as con:
            yield World(duck, con)


def own_rows(mart: Mart, code: str) -> str | None:
    """A department's rows of a mart, said here once more and otherwise: by joins, not by policies."""
    if mart.name in access.PUBLIC:
        return "true"
    if mart.is_supervision:
        return None
    if "department_code" in mart.columns:
        return f"department_code = '{code}'"
    of_department = f"department_code = '{code}'"
    if mart.name == "dim_person":
        return (
            "person_key in ("
            + " union ".join(f"select person_key from {name} where {of_department}" for name in sorted(PERSONAL))
            + ")"
        )
    if mart.name == "bridge_participation_category":
        return f"participation_key in (select participation_key from fct_participation where {of_department})"
    if mart.name == "bridge_class_program":
        return f"class_key in (select class_key from dim_class where {of_department})"
    if mart.name == "fct_finding":
        return f"submission_id in (select submission_id from fct_submission where {of_department})"
    if mart.name == "rpt_program_quality":
        return (
            f"subject_kind = 'department' and subject_key = '{code}' or subject_kind = 'class' and subject_key in "
            f"(select class_key from dim_class where {of_department}) or implementing_department_code = '{code}'"
        )
    if mart.name == "rpt_outcome_rate":
        return f"subject_key = '{code}'"
    if mart.name == "rpt_task_progress":
        return f"task_unit_code = '{code}' and task_split <> 'district'"
    return None


@pytest.mark.parametrize("code", DEPARTMENTS)
def test_a_department_reads_its_own_rows_and_no_other(code: str, world: World) -> None:
    role, shown = access.department_role(code), 0
    for name, mart in marts().items():
        condition = own_rows(mart, code)
        if condition is None:
            with pytest.raises(DENIED):
                world.seen(role, name)
            continue
        expected = world.true(name, condition)
        assert world.seen(role, name) == expected, name
        shown += len(expected) if name not in access.PUBLIC else 0
    assert shown


def test_no_mart_is_sorted_into_nobodys_view_unseen() -> None:
    """A new mart fails here until it is decided whether departments see rows of it, its totals, or nothing."""
    undecided = {
        name
        for name, mart in marts().items()
        if name not in access.PUBLIC
        and not mart.is_supervision
        and access.own_rows(mart) is None
        and name not in {totals.table for totals in TOTALS}
    }
    assert undecided == set()


@pytest.mark.parametrize("role", [access.BI, access.BUREAU])
def test_bi_and_the_bureau_read_all_but_the_supervisions_marts(role: str, world: World) -> None:
    for name, mart in marts().items():
        if mart.is_supervision:
            with pytest.raises(DENIED):
                world.seen(role, name)
        else:
            assert world.seen(role, name) == world.true(name, "true")


def test_the_supervision_reads_all(world: World) -> None:
    for name in marts():
        assert world.seen(access.SUPERVISION, name) == world.true(name, "true")


def test_the_city_role_reads_totals_and_reference_tables_alone(world: World) -> None:
    for name in marts():
        if name in access.PUBLIC:
            assert world.seen(access.CITY, name) == world.true(name, "true")
        else:
            with pytest.raises(DENIED):
                world.seen(access.CITY, name)


@pytest.mark.parametrize("role", [access.CITY, access.department_role("CAB")])
def test_totals_are_the_same_for_a_department_as_for_the_city(role: str, world: World) -> None:
    for totals in TOTALS:
        sql = f"select * from skills.{totals.view} order by {keys(totals.table)}"
        as_owner = world.postgres.execute(sql).fetchall()
        with world.postgres.transaction():
            world.postgres.execute(f"set local role {role}")
            assert world.postgres.execute(sql).fetchall() == as_owner
        assert as_owner


def test_no_role_may_log_in_or_write(world: World) -> None:
    roles = access.role_names(DEPARTMENTS)
    roles_that_may = world.postgres.execute(
        "select count(*) from pg_roles where rolname = any(%s) and not rolcanlogin", [roles]
    ).fetchall()
    assert roles_that_may == [(len(roles),)]
    for role in roles:
        for statement in (
            "delete from skills.fct_submission",
            "create table skills.x (i int)",
            "insert into skills.dim_department values ('X')",
        ):
            with pytest.raises(DENIED), world.postgres.transaction():
                world.postgres.execute(f"set local role {role}")
                world.postgres.execute(statement)


def test_a_reader_cannot_spy_on_other_rows_with_a_function_of_its_own(world: World) -> None:
    """A function in a filter must not be called with rows that the policy or the view leaves out."""
    con = world.postgres
    with con.transaction(force_rollback=True):
        con.execute(
            "create function pg_temp.spy(text) returns boolean immutable cost 0.0001 language plpgsql as "
            "$$ begin raise notice '%', $1; return true; end $$"
        )
        con.execute("grant all on function pg_temp.spy to public")
        said: list[str] = []
        con.add_notice_handler(lambda notice: said.append(str(notice.message_primary)))
        con.execute("set local role skills_cab")
        con.execute("select count(*) from skills.fct_participation where pg_temp.spy(department_code)")
        con.execute("select count(*) from skills.city_target_breakdown where pg_temp.spy(breakdown)")
    assert set(said) == {"CAB", "district", "part"}
