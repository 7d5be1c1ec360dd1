"""Builds the whole dbt project, its tests included, on a small world and looks at the published figures."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings

from tests.dbt_project.back_file_world import ANYTHING, Models, Sent, full, recounted
from tests.dbt_project.dbt_world import FIRST, SECOND, World, build, certificate, record, training_class
from tests.dbt_project.target_year import DAYS, Year, is_same
from warehouse.store.data_root import Root
from warehouse.vocabulary import mart

ENTERPRISE = "9144030000000000C3"
"""A little giant that a directory lists, accepted before the register was."""


def fill(world: World) -> None:
    january = dt.date(2026, 1, 5)
    world.submit(
        "institution_directory",
        "EDU",
        "2025-12",
        [
            {
                "uscc": FIRST,
                "name": "甲",
                "entity_type": "1",
                "valid_from": dt.date(2025, 1, 1),
                "district": "440305",
                "status": "1",
            },
            {
                "uscc": SECOND,
                "name": "乙",
                "entity_type": "1",
                "valid_from": dt.date(2026, 6, 1),
                "district": "440304",
                "status": "1",
            },
        ],
    )
    enterprise = {
        "uscc": ENTERPRISE,
        "name": "丙",
        "entity_type": "18",
        "valid_from": dt.date(2025, 1, 1),
        "district": "440304",
        "status": "1",
    }
    for period in ("2025-11", "2025-12"):
        world.submit("institution_directory", "IIT", period, [enterprise])
    world.submit(
        "institution_directory",
        "TUF",
        "2025-12",
        [
            {
                "carrier_no": f"G{number}",
                "name": "工匠学院",
                "entity_type": "14",
                "status": "1",
                "district": "440304",
                "college_tier": "1" if number == 0 else "2",
                "valid_from": dt.date(2025, 1, 1),
            }
            for number in range(51)
        ],
    )
    world.submit(
        "training_class",
        "CAB",
        "2026-01",
        [
            training_class("care", january, programs="06", special_action="06"),
            training_class("later", dt.date(2026, 3, 2), programs="06", special_action="06"),
            training_class("paid", january, programs="09", funding_source="08", occupation_code=None),
            training_class("new_institution", january, org_uscc=SECOND),
            training_class("by_enterprise", january, org_uscc=ENTERPRISE),
            training_class("veterans", january, programs="15", occupation_code=None),
        ],
    )
    world.submit(
        "training_class",
        "HEA",
        "2026-01",
        [
            training_class("overlapping", dt.date(2026, 1, 10), programs="06", special_action="06"),
        ],
    )
    world.submit(
        "training_record",
        "CAB",
        "2026-01",
        [
            record("care", "ann"),
            record("care", "bob", completed=False),
            record("paid", "ann"),
            record("new_institution", "ann"),
            record("by_enterprise", "ann"),
            record("never_reported", "ann"),
            record("veterans", "vet"),
        ],
        held=1,
    )
    world.submit("training_record", "CAB", "2026-02", [record("care", "bob"), record("later", "ann")])
    world.submit("training_record", "HEA", "2026-01", [record("overlapping", "ann"), record("care", "ann")])
    world.submit("training_record", "HRSS.440305", "2026-01", [record("care", "cat", person_category="07;10")])
    world.submit(
        "certificate",
        "CAB",
        "2026-01",
        [
            certificate("c1", "ann"),
            certificate("c2", "bob"),
            certificate("c3", "cat", cert_type="04"),
            certificate("c4", "ann", issue_date=dt.date(2024, 12, 31)),
        ],
    )
    world.submit("certificate", "HRSS", "2026-01", [certificate("c1", "ann")])
    world.submit("certificate", "CAB", "2026-03", [certificate("c2", "bob", status="2")])
    world.submit(
        "support_service",
        "VET",
        "2026-01",
        [
            {"person_key": "vet", "service_type": "2", "service_date": january, "person_category": "09"},
            {"person_key": "zoe", "service_type": "2", "service_date": january, "person_category": "09"},
            {"person_key": "zoe", "service_type": "1", "service_date": january, "person_category": "09"},
        ],
    )
    world.submit(
        "aggregate_summary",
        "CAB",
        "2025-10",
        [
            {"report_period": "2025-10", "dept": "CAB", "metric_id": "T01", "value_period": 10, "value_cum": 100},
        ],
    )
    world.submit(
        "aggregate_summary",
        "JUS",
        "2025-11",
        [
            {"report_period": "2025-11", "dept": "JUS", "metric_id": "T01", "value_period": 7, "value_cum": 50},
        ],
    )
    # A file that is rejected changes nothing of what stands; an accepted one takes its place.
    world.submit(
        "enterprise_coverage",
        "EMB",
        "2026-H1",
        [
            {
                "uscc": FIRST,
                "employer_name": "甲",
                "report_date": dt.date(2026, 6, 30),
                "coverage_kind": "1",
                "employees": 10,
                "covered": 1,
            },
        ],
        received_at=dt.datetime(2026, 7, 10),
    )
    world.submit(
        "enterprise_coverage",
        "EMB",
        "2026-H1",
        [
            {
                "uscc": FIRST,
                "employer_name": "甲",
                "report_date": dt.date(2026, 6, 30),
                "coverage_kind": "1",
                "employees": 1_000_000,
                "covered": 999_999,
            },
        ],
        received_at=dt.datetime(2026, 7, 12),
    )
    bad = world.submit(
        "enterprise_coverage", "EMB", "2026-H1", [], held=3, outcome="rejected", received_at=dt.datetime(2026, 7, 20)
    )
    world.find(bad, "enterprise_coverage", "EC001", 1)
    world.expect("enterprise_coverage", "EMB", "2026-H1", dt.date(2026, 7, 15))
    world.expect("training_record", "CAB", "2026-01", dt.date(2026, 2, 10))
    world.expect("training_record", "CAB", "2026-03", dt.date(2026, 4, 10))
    world.expect("training_record", "CAB", "2026-10", dt.date(2026, 11, 20))
    world.write()


@dataclass(frozen=True)
class Built:
    """A built root, and the folder of the SQL that dbt compiled for it."""

    root: Root
    compiled: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root, target = Root(tmp_path_factory.mktemp("dbt_root")), tmp_path_factory.mktemp("dbt_target")
    fill(World(root))
    build(root, target)
    return Built(root, target / "compiled" / "skills_warehouse" / "models")


COMPARED_ROW_BY_ROW = {
    "bridge_class_program": "codes of a list",
    "bridge_participation_category": "codes of a list",
    "int_class_quality": "kinds of training",
    "int_directory_entry": "codes of a list",
    "int_opening_balance": "units' balances",
    "int_reported_total": "targets",
    "int_target_coverage": "rules of targets",
    "int_target_place": "rules of targets",
    "rpt_demand_supply": "occupations of a forecast",
    "rpt_enterprise_register": "kinds of registers",
    "rpt_program_quality": "kinds of training",
}
"""Models with a join that DuckDB can only do by comparing every row with every row, and what one side is, which is
short whatever came."""


def test_no_two_long_tables_are_compared_row_by_row(built: Built) -> None:
    """Such a join of participations took five minutes at the demo's full size, and nothing in a small world."""
    with duckdb.connect(str(built.root.database), read_only=True) as con:
        compared = {
            path.stem
            for path in built.compiled.rglob("*.sql")
            if not any(folder.suffix == ".yml" for folder in path.parents)  # below lie the tests of a model
            and "BLOCKWISE_NL_JOIN" in con.execute(f"explain {path.read_text('utf-8')}").fetchall()[0][1]
        }
    assert sorted(compared) == sorted(COMPARED_ROW_BY_ROW)


@pytest.fixture(scope="module")
def marts(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.root.database), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


def progress(marts: duckdb.DuckDBPyConnection, target: str, period: str, reading: str = "main") -> tuple[float, str]:
    rows = marts.execute(
        "select actual, status from rpt_target_progress where target_id = ? and period = ? and reading = ?",
        [target, period, reading],
    ).fetchall()
    assert len(rows) == 1
    return float(rows[0][0]), rows[0][1]


def test_headline_counts_completed_funded_and_known_once_with_its_components(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    # ann in care, bob in care, cat in care, ann in later, vet in veterans; 100 opening, 7 totals of JUS.
    assert marts.execute("""
        select actual, opening_balance, totals_only from rpt_target_progress where target_id = 'T01'
    """).fetchall() == [(112, 100, 7)]


def test_care_training_counts_overlapping_classes_once(marts: duckdb.DuckDBPyConnection) -> None:
    # CAB, which gave all of both in January, has not sent March, which is due.
    assert progress(marts, "T09", "2026") == (4, "incomplete")
    assert progress(marts, "T11", "2026") == (1, "incomplete")


def test_certificates_count_once_in_their_window_and_not_when_cancelled(marts: duckdb.DuckDBPyConnection) -> None:
    assert progress(marts, "T02", "2025-2027")[0] == 1
    assert progress(marts, "T02", "2025-2027", "with_permits")[0] == 2


def test_veterans_are_distinct_persons_over_services_and_training(marts: duckdb.DuckDBPyConnection) -> None:
    assert progress(marts, "T05", "2026")[0] == 2
    assert progress(marts, "T04", "2026")[0] == 1


def test_coverage_is_never_rounded_up_and_the_last_usable_file_counts(marts: duckdb.DuckDBPyConnection) -> None:
    assert progress(marts, "T10", "point") == (99.9999, "not_reached")


def test_colleges_meet_their_target_with_one_core_and_fifty_branches(marts: duckdb.DuckDBPyConnection) -> None:
    assert progress(marts, "S01", "point") == (51, "reached")


def test_every_reason_for_not_counting_is_named(marts: duckdb.DuckDBPyConnection) -> None:
    reasons = marts.execute("""
        select unit_code, class_id, not_counted_reason from fct_participation as fact
        inner join intermediate.int_participation using (participation_key, unit_code, not_counted_reason)
        where not_counted_reason is not null order by all
    """).fetchall()
    assert reasons == [
        ("CAB", "by_enterprise", "unknown_institution"),
        ("CAB", "never_reported", "unknown_class"),
        ("CAB", "new_institution", "unknown_institution"),
        ("HEA", "care", "duplicate"),
        ("HEA", "overlapping", "duplicate"),
    ]


def test_an_enterprise_that_a_directory_lists_is_no_institution(marts: duckdb.DuckDBPyConnection) -> None:
    for table in ("dim_institution", "dim_institution_status", "intermediate.int_directory_entry"):
        keys = {key for (key,) in marts.execute(f"select institution_key from {table}").fetchall()}
        assert FIRST in keys
        assert ENTERPRISE not in keys
    assert marts.execute("select institution_key from dim_class where class_key = 'by_enterprise'").fetchall() == [
        (None,)
    ]
    assert marts.execute("""
        select accepted_rows, superseded_rows, enterprise_rows, merged_rows, fact_rows
        from rpt_row_reconciliation where dataset = 'institution_directory'
    """).fetchall() == [(55, 1, 1, 0, 53)]


def test_both_sides_of_a_duplicate_see_who_is_credited(marts: duckdb.DuckDBPyConnection) -> None:
    group = marts.execute("""
        select unit_code, counted_department_code, is_counted from fct_participation
        where duplicate_group_key is not null order by unit_code, is_counted
    """).fetchall()
    assert group == [("CAB", "CAB", True), ("HEA", "CAB", False), ("HEA", "CAB", False)]


def test_persons_of_sensitive_groups_are_published_nowhere(marts: duckdb.DuckDBPyConnection) -> None:
    tables = [
        name
        for (name,) in marts.execute("""
        select table_name from information_schema.columns where table_schema = 'marts' and column_name = 'person_key'
    """).fetchall()
    ]
    assert len(tables) >= 7
    seen = {key for name in tables for (key,) in marts.execute(f"select person_key from {name}").fetchall()}
    assert seen - {None} == {"ann", "bob"}
    assert (
        marts.execute(
            "select category_code from bridge_participation_category where category_code in ('09', '10', '11', '12')"
        ).fetchall()
        == []
    )


def test_grid_shows_what_is_owed_whether_it_came_or_not(marts: duckdb.DuckDBPyConnection) -> None:
    grid = marts.execute("""
        select dataset, period, state, outcome, received_rows, held_rows from rpt_submission_grid order by all
    """).fetchall()
    assert grid == [
        ("enterprise_coverage", "2026-H1", "on_time", "accepted", 1, 0),
        ("training_record", "2026-01", "on_time", "partly_accepted", 8, 1),
        ("training_record", "2026-03", "missing", None, None, None),
        ("training_record", "2026-10", "not_due", None, None, None),
    ]


def test_department_page_shows_reported_and_counted(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute("""
        select unit_code, reported_participations, counted_participations, duplicate_participations, held_rows
        from rpt_department where unit_code in ('CAB', 'HEA') order by unit_code
    """).fetchall()
    assert rows == [("CAB", 8, 5, 0, 1), ("HEA", 2, 0, 2, 0)]


def test_marts_are_described_in_chinese_and_have_no_identifier_columns(marts: duckdb.DuckDBPyConnection) -> None:
    columns = {
        name
        for (name,) in marts.execute(
            "select column_name from information_schema.columns where table_schema = 'marts'"
        ).fetchall()
    }
    assert not columns & {"person_name", "id_no", "mobile", "bank_account", "cert_no", "payee_name", "payee_id"}
    for path in sorted(mart.MODELS.rglob("*.yml")):
        text = path.read_text("utf-8")
        for line in text.splitlines():
            if line.strip().startswith("description: '"):
                assert any("\u4e00" <= char <= "\u9fff" for char in line), f"{path.name}: {line}"


def test_a_table_that_stands_is_made_anew_in_its_place(tmp_path: Path) -> None:
    """As by hand, where the database of the last time is there."""
    root = Root(tmp_path / "data").make()
    for _ in range(2):
        build(root, tmp_path / "dbt", "--select", "dim_special_action")
        with duckdb.connect(str(root.database), read_only=True) as con:
            tables = con.execute("select table_name, comment from duckdb_tables()").fetchall()
            columns = con.execute("select column_name, comment from duckdb_columns() where not internal").fetchall()
        promised = mart.marts()["dim_special_action"]
        assert tables == [("dim_special_action", promised.description)]
        assert columns == [(name, promised.descriptions[name]) for name in promised.columns]


@pytest.fixture(scope="module")
def year(built: Built) -> Year:
    return Year(built.root.database, built.compiled)


def test_the_clock_of_every_target_is_right_on_every_day_of_a_year(year: Year) -> None:
    wrong = [day for day in DAYS if year.clock(day) != year.clock_recounted(day)]
    assert wrong == []


@pytest.mark.parametrize(
    "change",
    [
        "update {curves} set cumulative_share = 0.89 where {month} = 11 and target_id = 'T14'",
        "update {curves} set cumulative_share = 0.99 where {month} = 12 and target_id = 'T14'",
        "update {curves} set cumulative_share = -0.1 where {month} = 1 and target_id = 'T14'",
        "update {curves} set month_end_date = month_end_date - 1 where {month} = 6 and target_id = 'T14'",
        "update {curves} set document = null where target_id = 'T14'",
        "update {curves} set period = '2025-2027' where target_id = 'T14'",
        "delete from {curves} where {month} = 3 and target_id = 'T14'",
        "delete from {curves} where {month} = 12 and target_id = 'T14'",
    ],
)
def test_a_curve_has_every_month_never_falls_ends_at_one_and_names_its_document(
    year: Year, built: Built, change: str
) -> None:
    test = (built.compiled.parent / "tests" / "target_curves_rise_to_one.sql").read_text("utf-8")
    year.con.execute("begin")
    try:
        assert year.con.execute(test).fetchall() == []
        year.con.execute(change.format(curves="staging.stg_target_curve", month="month(month_end_date)"))
        assert {row[0] for row in year.con.execute(test).fetchall()} == {"T14"}
    finally:
        year.con.execute("rollback")


def judged_and_recounted(year: Year, days: Iterable[dt.date]) -> Counter[tuple[str, str]]:
    """How often each target of 2026 had each status; what is judged equals the recount."""
    seen: Counter[tuple[str, str]] = Counter()
    for day in days:
        judged, recounted = year.judged(day), year.recounted(day)
        assert judged.keys() == recounted.keys()
        wrong = {key: (judged[key], told) for key, told in recounted.items() if not is_same(judged[key], told)}
        assert wrong == {}, day
        seen.update((target, told.status) for (target, _, period), told in judged.items() if period != "2025")
    return seen


STATUSES = (
    ("T02", "ahead"),
    ("T09", "on_track"),
    ("T06", "slightly_behind"),
    ("T12", "behind"),
    ("T11", "incomplete"),
    ("T13", "not_paced"),
    ("T14", "ahead"),
    ("T09", "not_due"),
    ("T16", "not_selected"),
    ("T18", "announced"),
    ("S01", "not_reached"),
)


def test_targets_are_judged_as_a_recount_judges_them(year: Year) -> None:
    """Every tenth day, and the days about the tenth of a month, on which reports are due and come in."""
    days = [day for day in DAYS if day.toordinal() % 10 == 0 or (day.month % 3 == 1 and 9 <= day.day <= 14)]
    seen = judged_and_recounted(year, days)
    assert [told for told in STATUSES if told not in seen] == []
    assert {status for target, status in seen if target == "T09"} == {"not_due", "on_track"}, "it grows by one a day"


@pytest.mark.soak
def test_targets_are_judged_as_a_recount_judges_them_on_every_day(year: Year) -> None:
    seen = judged_and_recounted(year, DAYS)
    assert seen["T09", "behind"] == seen["T09", "slightly_behind"] == 0


@pytest.fixture(scope="module")
def models(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Models:
    return Models(built.root, built.compiled.parent.parent.parent, Root(tmp_path_factory.mktemp("back_files")))


def same_as_recounted(models: Models, sent: Sent) -> None:
    told = models.told(sent)
    with tempfile.TemporaryDirectory() as folder:
        again = recounted(Root(Path(folder)), sent)
    assert {key: told.figures[key] for key in again.figures} == again.figures
    assert told.balances == again.balances


@given(ANYTHING)
@example(full())
@settings(max_examples=6)
def test_back_files_give_the_same_figures_whenever_they_come_and_whoever_sends_them_too(
    models: Models, sent: Sent
) -> None:
    same_as_recounted(models, sent)


@pytest.mark.soak
@given(ANYTHING)
@settings(max_examples=300)
def test_back_files_give_the_same_figures_in_any_of_hundreds_of_worlds(models: Models, sent: Sent) -> None:
    same_as_recounted(models, sent)
