"""Tables of real PostgreSQL and MariaDB servers: exactly once by content, whatever the server or the way to it does."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from demo import mariadb
from demo.servers import Sent
from demo.servers import server as demo_server
from ingest import connections, receive
from ingest import feed as feeds
from ingest.channels import UNDATED, Ground, Unreachable, database_groups
from ingest.limits import limits
from tests.channels import databases, relay
from tests.channels.certificates import self_signed
from tests.channels.databases import PASSWORD, House, Server, fresh, rows
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

pytestmark = pytest.mark.channels
NAME = "FIN/subsidy_payment_2026-01.csv"
ENGINES = ["postgresql", pytest.param("mariadb", marks=pytest.mark.mariadb)]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    with databases.postgresql() as postgresql:
        if not mariadb.is_installed():
            yield {"postgresql": postgresql}
            return
        with databases.mariadb(tmp_path_factory.mktemp("mariadb")) as other:
            yield {"postgresql": postgresql, "mariadb": other}


@pytest.fixture(params=ENGINES)
def house(servers: dict[str, Server], request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    fresh(servers[request.param])
    before = dict(os.environ)
    yield House(Root(tmp_path).make(), servers[request.param])
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def postgres_house(servers: dict[str, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    fresh(servers["postgresql"])
    monkeypatch.setenv("SKILLS_CONNECTIONS", "")
    return House(Root(tmp_path).make(), servers["postgresql"])


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def records(house: House) -> list[str]:
    """The periods taken, in order."""
    return [str(delivery.period) for delivery in receive.deliveries(house.root) if delivery.channel == "finance"]


def beside(house: House) -> None:
    """A file of another department in the drop folder."""
    path = house.root.inbox / "CAB" / "training_record_2026-01.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("record_id,person_name\n1,张三\n", "utf-8")
    path.with_name(f"{path.name}.done").touch()


def test_a_period_is_a_file_of_canonical_text(house: House) -> None:
    house.server.fill([*rows("2026-01", 2, first=9), *rows("2026-02", 1)])
    assert house.contents() == {
        NAME: (
            "period,payment_id,project_name,amount,pay_date\n"
            "2026-01,9,培训补贴9,9.5,2026-01-15\n"
            "2026-01,10,培训补贴10,10.5,2026-01-15\n"
        ).encode(),
        "FIN/subsidy_payment_2026-02.csv": (
            "period,payment_id,project_name,amount,pay_date\n2026-02,1,培训补贴1,1.5,2026-01-15\n"
        ).encode(),
    }


@pytest.mark.mariadb
def test_both_servers_give_the_same_bytes(servers: dict[str, Server], tmp_path: Path) -> None:
    digests = set()
    for name, server in servers.items():
        fresh(server)
        # In another order, and with text that collations sort differently.
        some = rows("2026-01", 50)
        some += [("2026-01", 60, text, None, None, None) for text in ("b", "B", "á", "a", "", "张")]
        server.fill(some if name == "mariadb" else some[::-1])
        house = House(Root(tmp_path / name).make(), server)
        digests.add(hashlib.sha256(house.contents()[NAME]).hexdigest())
    assert len(digests) == 1


def test_what_is_taken_is_known_by_one_query_and_no_row(house: House) -> None:
    house.server.fill(rows("2026-01", 20_000))
    (delivery,) = house.pull()
    assert (delivery.unit, delivery.dataset, delivery.period) == ("FIN", "subsidy_payment", "2026-01")
    assert delivery.modified_at == "2026-02-05T02:00:00.000000+00:00", "the newest watermark"
    assert delivery.remark is None
    before = house.server.relay.bytes_sent
    with databases.statements(lambda statement: "payments" in statement) as sent:
        assert house.pull() == []
    assert len(sent) == 1, sent
    assert house.server.relay.bytes_sent - before < 10_000
    assert house.ledger().state == "reached"


@pytest.mark.parametrize(
    "change",
    [
        "update payments set amount = 7, changed_at = '2026-02-06 10:00:00' where payment_id = 2",
        "delete from payments where payment_id = 3",
        "update payments set amount = 8, changed_at = '2025-12-01 10:00:00' where payment_id = 2",
    ],
    ids=["changed", "deleted", "watermark goes backwards"],
)
def test_a_change_is_a_new_submission_of_its_period_alone(house: House, change: str) -> None:
    house.server.fill([*rows("2026-01", 5), *rows("2026-02", 5)])
    house.pull()
    house.server.run(change.replace("where", "where period = '2026-01' and"))
    assert [delivery.period for delivery in house.pull()] == ["2026-01"]
    assert house.pull() == []


def test_what_was_taken_stands_when_all_rows_of_its_period_are_gone(house: House) -> None:
    house.server.fill([*rows("2026-01", 3), *rows("2026-02", 3)])
    house.pull()
    house.server.run("delete from payments where period = '2026-01'")
    assert house.pull() == []
    house.server.fill(rows("2026-01", 3))
    assert house.pull() == [], "they are what they were"


def test_a_change_that_was_committed_late_under_an_early_watermark_is_seen(house: House) -> None:
    house.server.fill([*rows("2026-01", 3), *rows("2026-01", 1, "2026-02-06 12:00:00", first=9)])
    house.pull()
    house.server.run("update payments set amount = 3, changed_at = '2026-02-06 11:59:00' where payment_id = 1")
    assert len(house.pull()) == 1, "count and newest watermark are what they were"


def test_a_touched_row_with_the_same_content_is_no_new_submission(house: House) -> None:
    house.server.fill(rows("2026-01", 3))
    first = house.pull()
    house.server.run("update payments set changed_at = '2026-02-09 10:00:00'")
    again = house.pull()
    assert {delivery.sha256 for delivery in first + again} == {first[0].sha256}
    content = lines(receive.content_file(house.root, first[0]).read_bytes())
    assert "changed_at" not in content[0]


def test_without_a_watermark_whole_rows_tell(house: House) -> None:
    del house.place["watermark"]
    house.server.fill(rows("2026-01", 5))
    (delivery,) = house.pull()
    assert (delivery.modified_at, delivery.remark) == (UNDATED, None)
    assert house.pull() == []
    house.server.run("update payments set project_name = '别的' where payment_id = 2")
    assert len(house.pull()) == 1


def test_batches_are_taken_in_their_order_and_the_last_stands(house: House) -> None:
    house.place |= {"batch": "payment_id"}
    house.place.pop("order")
    # The later batch bears the earlier time.
    house.server.fill([*rows("2026-01", 1, "2026-02-07 10:00:00", first=9), *rows("2026-01", 1, first=10)])
    taken = house.pull()
    assert [delivery.name.rpartition("_")[2].lstrip("0") for delivery in taken] == ["9.csv", "10.csv"]
    assert house.pull() == []


@pytest.mark.parametrize(
    ("told", "period"),
    [("202601", "2026-01"), ("2026年1月", "2026-01"), (" 2026-1 ", "2026-01"), ("２０２６－０１", "2026-01")],
)
def test_a_period_is_read_in_any_spelling(postgres_house: House, told: str, period: str) -> None:
    postgres_house.server.fill([*rows(told, 2), *rows("2026-01", 1, first=5)])
    (content,) = postgres_house.contents().values()
    assert len(lines(content)) == 4, "two spellings are one file"
    assert [delivery.period for delivery in postgres_house.pull()] == [period]


def test_a_day_is_of_the_period_of_the_feed(house: House) -> None:
    house.place |= {"period": "pay_date", "period_as": "day"}
    house.server.fill([*rows("x", 3), ("x", 9, "n", 1, "2026-02-28", None), ("x", 8, "n", 1, None, None)])
    assert {name: len(lines(content)) - 1 for name, content in house.contents().items()} == {
        NAME: 3,
        "FIN/subsidy_payment_2026-02.csv": 1,
        "FIN/subsidy_payment_period-unknown.csv": 1,
    }


def test_rows_without_a_period_are_told_and_the_others_taken(house: House) -> None:
    house.server.fill([*rows("2026-01", 3), *rows("不详", 2, first=7), (None, 20, "n", 1, None, None)])
    taken = {delivery.period: delivery.problem for delivery in house.pull()}
    assert taken["2026-01"] is None
    assert "有 3 行的报告期为空或看不懂" in str(taken[None])
    assert house.pull() == []
    assert (house.ledger().state, len(records(house))) == ("reached", 2)


def test_a_period_that_is_not_owed_is_refused_in_words(house: House) -> None:
    house.server.fill(rows("2026-Q1", 3))
    (delivery,) = house.pull()
    assert "不报 2026年第1季度" in str(delivery.problem)


def test_units_are_the_districts_of_the_department(house: House) -> None:
    house.place |= {"unit": "project_name"}
    units = ["", None, "440305", "南山区", "FIN"]
    house.server.fill([("2026-01", number, unit, 1, None, None) for number, unit in enumerate(units)])
    with house.channel() as (channel, source):
        files = {file.name: (file.unit, len(lines(databases.content(file))) - 1) for file in channel.files(source, {})}
    assert files == {NAME: ("FIN", 3), "FIN/440305/subsidy_payment_2026-01.csv": ("FIN.440305", 2)}


def test_columns_are_named_and_ordered_as_told(house: House) -> None:
    house.place |= {"columns": {"payment_id": "编号", "amount": "金额", "changed_at": ""}}
    house.server.fill(rows("2026-01", 1))
    assert lines(house.contents()[NAME]) == [["编号", "金额", "changed_at"], ["1", "1.5", "2026-02-05 10:00:00"]]


def test_a_query_is_read_as_it_stands(house: House) -> None:
    house.place = {
        "query": "select period, payment_id, ':x' as project_name from payments where project_name like '%1' -- all;",
        "period": "period",
    }
    house.server.fill(rows("2026-01", 12))
    assert lines(house.contents()[NAME])[1:] == [["2026-01", "1", ":x"], ["2026-01", "11", ":x"]]


@pytest.mark.parametrize("value", ['x"; drop table payments; --', "a'b", 'say "no", now', "=1+1", "\\", "%s %(x)s :y"])
def test_hostile_text_is_only_text(house: House, value: str) -> None:
    house.place |= {"batch": "project_name"}
    house.place["columns"] = {"period": "", "project_name": "", "payment_id": ""}
    house.server.fill([("2026-01", 1, value, 1, None, None)])
    (content,) = house.contents().values()
    assert lines(content)[1][1] == value
    assert [delivery.period for delivery in house.pull()] == ["2026-01"]


def test_names_of_columns_are_quoted(house: House) -> None:
    quote = '"' if house.server.name == "postgresql" else "`"
    hostile = "期;drop table payments--'%s".replace(quote, "")
    house.server.run(f"alter table payments rename column period to {quote}{hostile.replace('%', '%%')}{quote}")
    house.place["period"] = hostile
    house.server.fill(rows("2026-01", 2))
    assert len(lines(house.contents()[NAME])) == 3


def test_breaks_and_control_characters_break_no_row(house: House) -> None:
    tail = "" if house.server.name == "postgresql" else "\0"
    text = "一\r\n二\n\n三\x0b四\x01" + tail
    house.server.fill([("2026-01", 1, text, 1, None, None), ("2026-01", 2, "长" * 3000, 1, None, None)])
    assert [row[2] for row in lines(house.contents()[NAME])[1:]] == ["一 二 三 四", "长" * 3000]


def test_a_hostile_batch_is_only_a_name(house: House) -> None:
    house.place |= {"batch": "project_name"}
    batches = ["../../etc", "a/b", "a%2Fb", "x" * 300, "x" * 299 + "y", "", "换\n行"]
    house.server.fill([("2026-01", 1, batch, 1, None, None) for batch in batches])
    taken = house.pull()
    assert len({delivery.name for delivery in taken}) == len(batches)
    assert all(delivery.name.count("/") == 1 and ".." not in delivery.name for delivery in taken)
    assert {delivery.period for delivery in taken} == {"2026-01"}


def test_zones_decimals_and_odd_dates(house: House) -> None:
    is_postgresql = house.server.name == "postgresql"
    moment = "timestamp with time zone" if is_postgresql else "timestamp null"
    price, ratio = ("numeric", "double precision") if is_postgresql else ("decimal(20, 8)", "double")
    house.server.run(
        "drop table if exists odd",
        f"create table odd (period varchar(9), at {moment}, other {moment}, price {price}, ratio {ratio}, day date)",
        f"grant select on odd to {databases.READER}",
    )
    with house.server.engine.begin() as connection:
        zone = "set time zone 'UTC'" if is_postgresql else "set time_zone = '+00:00', sql_mode = ''"
        connection.exec_driver_sql(zone)
        day = "'infinity'" if is_postgresql else "'0000-00-00'"
        connection.exec_driver_sql(
            f"insert into odd values ('2026-01', '2026-01-31 16:30:00', null, 1234567.50000, 0.1, {day})"
        )
    house.place = {"table": "odd", "period": "period"}
    assert lines(house.contents()[NAME])[1] == [
        "2026-01",
        "2026-02-01 00:30:00",
        "",
        "1234567.5",
        "0.1",
        "infinity" if is_postgresql else "0000-00-00",
    ]


def test_an_empty_table_is_reached_and_tells_nothing(house: House) -> None:
    assert house.pull() == []
    assert (house.ledger().state, house.ledger().new) == ("reached", {})
    with house.channel() as (channel, source):
        assert channel.test(source) == "0 rows in 0 files"


def test_rows_that_change_while_they_are_read_are_of_one_moment(house: House) -> None:
    house.server.fill([*rows("2026-01", 3000), *rows("2026-02", 3000)])
    with house.channel() as (channel, source):
        files = channel.files(source, {})
        first = next(files)
        house.server.run("update payments set amount = 0, changed_at = '2026-02-20 10:00:00'")
        second = next(files)
        amounts = {row[3] for file in (first, second) for row in lines(databases.content(file))[1:]}
    assert "0" not in amounts
    assert len(house.pull()) == 2


FAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], str, bool]] = {
    "wrong password": ({"password": "${WRONG}"}, {}, "the login of reader was refused", False),
    "no TLS": ({"tls": "verified"}, {}, "no TLS or shows a certificate", False),
    "renamed table": ({}, {"table": "gone"}, "not there", False),
    "renamed column": ({}, {"period": "gone"}, "a column is not there", False),
    "renamed watermark": ({}, {"watermark": "gone"}, "a column is not there", False),
    "unsent key": ({}, {"order": ["gone"]}, "order names a column that is not sent", False),
    "no right": ({}, {"table": "secrets"}, "the user may not read the table", False),
    "bad query": ({}, {"table": "", "query": "selekt 1"}, "the server does not understand the query", False),
    "slow": ({"statement_seconds": 1}, {"table": "", "query": "SLOW"}, "longer than statement_seconds", True),
}
SLOW = {
    "postgresql": "select period, pg_sleep(3), changed_at, payment_id from payments",
    "mariadb": "select period, sleep(3) as s, changed_at, payment_id from payments",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_says_what_to_set_right(house: House, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, place, reason, is_passing = FAULTS[fault]
    monkeypatch.setenv("WRONG", "password-that-is-wrong")
    house.server.fill(rows("2026-01", 2))
    house.server.run("drop table if exists secrets", "create table secrets (period int, changed_at int)")
    house.settings |= settings
    house.place |= {key: SLOW[house.server.name] if value == "SLOW" else value for key, value in place.items()}
    with house.channel() as (channel, source):
        with pytest.raises(Unreachable) as refused:
            list(channel.files(source, {}))
        assert reason in refused.value.reason
        assert refused.value.is_passing == is_passing
        assert "wrong" not in refused.value.reason


def test_a_server_that_is_away_is_told_and_another_source_taken(house: House) -> None:
    beside(house)
    house.server.fill(rows("2026-01", 2))
    url, house.server.url = house.server.url, house.server.url.replace(str(house.server.relay.port), "1")
    try:
        assert [delivery.department for delivery in house.pull()] == ["CAB"]
        assert (house.ledger().state, house.ledger().reason) == ("unreachable", "the server did not answer")
    finally:
        house.server.url = url
    assert [delivery.department for delivery in house.pull()] == ["FIN"]
    assert house.ledger().state == "reached"


def test_a_cut_connection_goes_on_and_takes_nothing_twice(house: House) -> None:
    beside(house)
    house.server.fill([row for month in (11, 12) for row in rows(f"2025-{month}", 3000)])
    house.server.fill(rows("2026-01", 3000))
    house.server.relay.spoil(300_000, times=1)
    with databases.statements(lambda statement: "sent" in statement and "group by" not in statement.lower()) as sent:
        taken = house.pull()
    assert house.server.relay.times == 0, "it was cut"
    assert sorted(delivery.period for delivery in taken if delivery.department == "FIN") == [
        "2025-11",
        "2025-12",
        "2026-01",
    ]
    assert len(sent) < 6, "what was written before the cut is not asked for again"
    assert house.ledger().state == "reached"
    assert house.pull() == []


def test_what_was_shown_before_a_cut_that_stays_is_taken_and_the_rest_later(house: House) -> None:
    house.server.fill([*rows("2025-11", 500), *rows("2025-12", 8000)])
    house.server.relay.spoil(250_000, times=99)
    first = house.pull()
    assert (house.ledger().state, house.ledger().reason) == (
        "unreachable",
        "the connection was cut while rows were read",
    )
    house.server.relay.times = 0
    taken = first + house.pull()
    assert sorted(delivery.period for delivery in taken) == ["2025-11", "2025-12"]
    counts = [len(lines(receive.content_file(house.root, delivery).read_bytes())) - 1 for delivery in taken]
    assert counts == [500, 8000]


def test_a_silent_server_is_left(postgres_house: House) -> None:
    """A way that swallows answers and keeps the connection: neither the server's time limit nor the system's helps."""
    postgres_house.server.fill(rows("2026-01", 3000))
    relay = postgres_house.server.relay
    relay.spoil(20_000, times=1, how="stall")
    with postgres_house.channel() as (channel, source):
        channel.silence_seconds = 1.0
        with pytest.raises(Unreachable, match="the connection was cut"):
            list(channel.files(source, {}))


def test_a_look_is_done_by_a_reader_in_a_read_only_transaction(house: House) -> None:
    house.server.fill(rows("2026-01", 2))
    writes = "insert into payments (period) values ('x')"
    house.server.run(f"grant insert on payments to {databases.READER}")
    with house.channel() as (channel, _), channel.snapshot() as seen, pytest.raises(DBAPIError, match=r"(?i)read.only"):
        seen.connection.exec_driver_sql(writes)


def test_what_a_restored_house_lacks_is_fetched_again(house: House) -> None:
    house.server.fill(rows("2026-01", 5))
    (delivery,) = house.pull()
    part, brought_by = next(iter(receive.parts(house.root).values()))
    part.path.write_bytes(b"damaged")
    assert receive.restore(house.root, part, brought_by)
    assert hashlib.sha256(part.path.read_bytes()).hexdigest() == delivery.sha256


def test_a_lost_bookmark_takes_nothing_twice(house: House) -> None:
    house.server.fill(rows("2026-01", 5))
    house.pull()
    house.root.reach.unlink()
    assert house.pull() == []


def test_more_than_a_file_may_have_is_told_once(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limits_file = tmp_path / "limits.yaml"
    limits_file.write_text("file_mb: 1\n", "utf-8")
    monkeypatch.setenv("SKILLS_LIMITS", str(limits_file))
    limits.cache_clear()
    house.server.fill([*rows("2026-01", 40_000), *rows("2026-02", 3)])
    told = {delivery.period: delivery.problem for delivery in house.pull()}
    assert "超过 1 MB" in str(told["2026-01"])
    assert told["2026-02"] is None
    with databases.statements(lambda statement: "payments" in statement) as sent:
        assert house.pull() == []
    assert len(sent) == 1
    limits.cache_clear()


def test_two_datasets_are_not_one_table(house: House) -> None:
    with house.channel() as (channel, source):
        several = dataclasses.replace(source, datasets=("subsidy_payment", "enforcement_case"))
        with pytest.raises(Unreachable, match="name the feed as DEPARTMENT/dataset"):
            list(channel.files(several, {}))


def test_a_column_that_is_no_period_makes_no_million_files(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_groups, "MOST_GROUPS", 50)
    house.place["period"] = "payment_id"
    house.server.fill(rows("2026-01", 60))
    with house.channel() as (channel, source), pytest.raises(Unreachable, match="more than 50 units, periods"):
        list(channel.files(source, {}))


@pytest.mark.mariadb
def test_text_in_old_encodings_is_read(servers: dict[str, Server], tmp_path: Path) -> None:
    """GBK as declared by itself; GB18030 in a column that is declared latin1 where the settings say so."""
    server = servers["mariadb"]
    place = {"table": "old", "period": "period"}
    house = House(Root(tmp_path).make(), server, place)
    for told, inserted, settings in [
        ("gbk", "'张三'", {}),
        ("latin1", f"0x{'张䶮'.encode('gb18030').hex()}", {"encoding": "gb18030"}),
        ("latin1", "'é'", {}),
    ]:
        server.run(
            "drop table if exists old",
            f"create table old (period varchar(20), name varchar(50) character set {told})",
            f"grant select on old to {databases.READER}",
            f"insert into old values ('2026-01', {inserted})",
        )
        house.settings = settings
        assert lines(house.contents()[NAME])[1][1] == {"'张三'": "张三", "'é'": "é"}.get(inserted, "张䶮")
    house.settings = {"encoding": "gb18030"}
    with pytest.raises(Unreachable, match="a value of a row cannot be read"):
        house.contents()


@pytest.mark.mariadb
def test_a_certificate_is_verified(tmp_path: Path) -> None:
    public, _ = self_signed(tmp_path, "127.0.0.1")
    folder, elsewhere = tmp_path / "server", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    other, _ = self_signed(elsewhere, "127.0.0.1")
    with databases.mariadb(folder, f"--ssl-cert={public}", f"--ssl-key={public.with_suffix('.key')}") as server:
        fresh(server)
        server.fill(rows("2026-01", 1))
        house = House(Root(tmp_path / "root").make(), server)
        house.settings = {"tls": "verified", "ca": str(public)}
        assert list(house.contents()) == [NAME]
        house.settings["ca"] = str(other)
        with pytest.raises(Unreachable, match="shows a certificate that is not trusted"):
            house.contents()


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"url": "postgresql://reader:hidden-word@host/d"}, "url must not hold the password"),
        ({"url": "no url"}, "url must be like"),
        ({"url": "sqlite:///x.db", "tls": "off"}, "others have them in their url"),
        ({"encoding": "gbk"}, "known of MySQL and MariaDB alone"),
        ({"certificate": "c.pem"}, "certificate and key go together"),
        ({"password": "not-a-reference"}, "a reference"),
        ({"statement_seconds": 0}, "must be 1 or more"),
    ],
)
def test_settings_are_checked_and_not_repeated(postgres_house: House, settings: dict[str, Any], allowed: str) -> None:
    postgres_house.settings = settings
    with pytest.raises(OperatorError, match=allowed) as refused:
        postgres_house.connect()
    assert "hidden-word" not in str(refused.value)
    assert "not-a-reference" not in str(refused.value)


@pytest.mark.parametrize("place", [{"table": "t", "query": "q", "period": "p"}, {"period": "p"}, {"table": "t"}])
def test_a_place_is_checked(postgres_house: House, place: dict[str, Any]) -> None:
    postgres_house.place = place
    with pytest.raises(OperatorError, match=r"either table or query|has no period"):
        postgres_house.connect()


def test_another_engine_is_read_by_its_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a checksum and without a watermark the content itself is the version."""
    monkeypatch.setenv("SKILLS_CONNECTIONS", "")
    url = f"sqlite:///{tmp_path / 'exchange.db'}"
    server = Server(create_engine(url), url, relay.Relay(1), "sqlite")
    server.run("create table payments (period text, payment_id int)", "insert into payments values ('2026-01', 1)")
    house = House(
        Root(tmp_path / "root").make(),
        server,
        {"table": "payments", "period": "period"},
        {"tls": None, "password": None},
    )
    assert [delivery.period for delivery in house.pull()] == ["2026-01"]
    assert house.pull() == []
    server.run("update payments set payment_id = 2")
    assert len(house.pull()) == 1


def test_no_secret_stands_in_what_is_kept_or_said(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.server.fill(rows("2026-01", 1))
    house.pull()
    house.place["table"] = "gone"
    house.pull()
    kept = b"".join(path.read_bytes() for path in house.root.path.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept
    assert PASSWORD not in caplog.text


def test_memory_does_not_grow_with_the_rows(house: House) -> None:
    """50 MB of rows in a process of its own; ten times as many take the same."""
    many = 60_000
    numbers = f"generate_series(1, {many}) n" if house.server.name == "postgresql" else f"seq_1_to_{many}"
    number = "n" if house.server.name == "postgresql" else "seq"
    house.server.run(
        f"insert into payments select '2026-01', {many} - {number}, repeat('训', 300), {number}, '2026-01-15', "
        f"'2026-02-05 10:00:00' from {numbers}"
    )
    house.connect()
    code = """
import re, sys
from pathlib import Path
from ingest import connections
from ingest.channels import Ground
from ingest.feed import find
root = Path(sys.argv[1])
known = connections.load(root / "connections.yaml")
channel = known.connect("finance", Ground(root, root, 0))
(file,) = channel.files(known.of_feed(find("FIN", "subsidy_payment")), {})
with file.open() as stream:
    size = sum(map(len, iter(lambda: stream.read(1 << 20), b"")))
assert size == file.size
# What getrusage tells counts the process before it became this program.
kilobytes = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(size, int(kilobytes) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(house.root.path)], capture_output=True, text=True, check=True, env=os.environ
    )
    size, megabytes = map(int, done.stdout.split())
    assert size > 50_000_000
    assert megabytes <= 200


@pytest.mark.parametrize("name", ["postgresql", pytest.param("mysql", marks=pytest.mark.mariadb)])
def test_the_demo_serves_its_files_as_tables(name: str, tmp_path: Path) -> None:
    """Each file of a feed is a batch, with its rows, under the moment at which it would have come."""
    with tempfile.TemporaryDirectory(prefix="skills-db-") as folder:  # pytest's folders are closed to other users
        show_as_tables(name, tmp_path, Path(folder))


def show_as_tables(name: str, tmp_path: Path, folder: Path) -> None:
    feed = feeds.find("FIN", "subsidy_payment")
    sent = []
    for day, told in enumerate(
        [("2026-01", "a,b\n1,甲\n2,乙\n"), ("2026-01(更正)", "a,b\n1,丙\n"), ("2026-02", "a,b\n"), ("2026-03", "\0")]
    ):
        path = tmp_path / f"subsidy_payment_{told[0]}.csv"
        path.write_text(told[1], "utf-8")
        sent.append(Sent(path.name, path, dt.datetime(2026, 2, 5 + day, 2, tzinfo=dt.UTC)))
    server = demo_server(name)
    try:
        server.start(folder)
        place = server.place(feed, sent)
        told = {
            "connections": {"demo": server.connection()},
            "feeds": {"FIN/subsidy_payment": {"connection": "demo", **place}},
        }
        (tmp_path / "connections.yaml").write_text(yaml.safe_dump(told, sort_keys=False), "utf-8")
        known = connections.load(tmp_path / "connections.yaml")
        with closing(known.connect("demo", Ground(tmp_path, tmp_path, 0))) as channel:
            files = list(channel.files(known.of_feed(feed), {}))
            assert [databases.content(file).decode() for file in files] == ["a,b\n1,甲\n2,乙\n", "a,b\n1,丙\n"]
        assert [dt.datetime.fromisoformat(file.modified_at) for file in files] == [file.arrives_at for file in sent[:2]]
        assert server.arrivals() == {file.name: told.arrives_at for file, told in zip(files, sent, strict=False)}
        assert [file.path.exists() for file in sent] == [False, False, True, True]
    finally:
        server.stop()
