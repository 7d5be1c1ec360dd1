"""What moved between two publications, and because of which submissions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from pathlib import Path

import pytest

from tests.warehouse.decided import decision, submission
from tests.warehouse.published import NOW, A, B, publish, row
from warehouse.published import publication_diff, row_diff
from warehouse.published.publication_diff import Moves
from warehouse.store.data_root import Root
from warehouse.vocabulary.mart import marts

LATER = NOW + dt.timedelta(days=1)
C = submission("c", "2026-02").submission_id
FIRST, OTHER = decision(submission("a")), decision(submission("c", "2026-02"))
REPLACES = decision(submission("b"))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


@pytest.fixture
def moved(root: Root) -> Moves:
    """B replaces A, of which C loses a duplicate; T19 moves below the line, T04 not at all."""
    before = publish(
        root,
        [
            row("T09", A, 1),
            row("T09", A, 2),
            row("T09", C, 1, 0),
            row("T19", C, 1, 6, 10),
            row("T04", C, 3),
            row("T09", "withheld", 1),
        ],
        {("T09", "behind"): 3, ("T19", "met"): 60, ("T04", "behind"): 1},
        [FIRST, OTHER],
    )
    superseded = dataclasses.replace(FIRST)
    after = publish(
        root,
        [
            row("T09", B, 1),
            row("T09", C, 1),
            row("T09", C, 2),
            row("T09", C, 3),
            row("T19", C, 1, 6, 12),
            row("T04", C, 3),
            row("T09", "withheld", 1),
            row("T09", "withheld", 2),
        ],
        {("T09", "ahead"): 6, ("T19", "behind"): 50, ("T04", "ahead"): 1},
        [REPLACES, OTHER],
        LATER,
        "create table marts.rpt_new as select 1 as n",
    )
    after.manifest["decisions"].append(superseded.folder_name)
    return publication_diff.compare(before, after)


def test_a_figures_causes_add_up_to_its_move(moved: Moves) -> None:
    figure = next(figure for figure in moved.figures if figure.target_id == "T09")
    assert (figure.before, figure.after, figure.status_before, figure.status_after) == (3, 6, "behind", "ahead")
    assert {cause.submission_id: (cause.change, int(cause.after - cause.before)) for cause in figure.causes} == {
        A: ("superseded", -2),
        B: ("added", 1),
        C: ("unchanged", 3),
        "withheld": ("withheld", 1),
    }
    assert sum(cause.after - cause.before for cause in figure.causes) == 3


def test_a_ratio_moves_by_amount_and_base(moved: Moves) -> None:
    figure = next(figure for figure in moved.figures if figure.target_id == "T19")
    [cause] = figure.causes
    assert (cause.before, cause.after, cause.base_before, cause.base_after) == (6, 6, 10, 12)


def test_a_status_alone_has_no_cause(moved: Moves) -> None:
    figure = next(figure for figure in moved.figures if figure.target_id == "T04")
    assert (figure.status_before, figure.status_after, figure.causes) == ("behind", "ahead", [])


def test_submissions_say_what_became_of_them(moved: Moves) -> None:
    assert [
        (submission.submission_id, submission.department, submission.change, submission.replaced_by)
        for submission in moved.submissions
    ] == [
        (A, "CAB", "superseded", B),
        (B, "CAB", "added", None),
    ]


def test_tables_say_how_many_rows_are_others(moved: Moves) -> None:
    tables = {
        table.name: (table.rows_before, table.rows_after, table.gone, table.come, table.changed, table.placed)
        for table in moved.tables
    }
    assert tables == {
        "fct_submission": (2, 2, 1, 1, 0, 0),
        "fct_target_contribution": (6, 8, 0, 2, 2, 2),
        "rpt_new": (None, 1, 0, 1, 0, 0),
        "rpt_target_progress": (3, 3, 0, 0, 3, 0),
    }
    progress = next(table for table in moved.tables if table.name == "rpt_target_progress")
    assert progress.columns_changed == {"status": 3, "actual": 2}


def test_columns_that_came_are_named_and_the_others_compared(root: Root) -> None:
    before = publish(root, [], {}, extra="create table marts.x as select unnest([1, 1, 2]) as n, 7 as old")
    after = publish(root, [], {}, now=LATER, extra="create table marts.x as select unnest([1, 2, 3]) as n, 8 as new")
    [table] = publication_diff.compare(before, after).tables
    assert (table.gone, table.come, table.columns_gone, table.columns_come) == (1, 1, ["old"], ["new"])


def test_decided_anew_current_again_and_gone(root: Root) -> None:
    anew = dataclasses.replace(OTHER, rules_version="r2")
    before = publish(root, [row("T09", A, 1)], {("T09", "behind"): 1}, [FIRST, OTHER])
    after = publish(root, [row("T09", B, 1)], {("T09", "behind"): 1}, [REPLACES, anew], LATER)
    assert {
        submission.submission_id: submission.change
        for submission in publication_diff.compare(before, after).submissions
    } == {
        A: "gone",
        B: "added",
        C: "decided_anew",
    }
    before.manifest["decisions"].append(REPLACES.folder_name)
    assert {
        submission.submission_id: submission.change
        for submission in publication_diff.compare(before, after).submissions
    }[B] == "current_again"


def test_the_same_is_nothing(root: Root) -> None:
    published = publish(root, [row("T09", A, 1)], {("T09", "behind"): 1}, [FIRST])
    assert publication_diff.compare(published, published) == Moves(published, published, [], [], [])


def test_what_only_the_day_moved_is_left_out(root: Root) -> None:
    """Another day over the same rows: status and shares of time differ, a month begins; what also says something else
    of the plan is told."""
    month = (
        "create table marts.rpt_target_month as select 'T09' as target_id, 'main' as reading, month_date, 1 as counted"
    )
    before = publish(
        root,
        [row("T09", A, 1)],
        {("T09", "behind"): 1, ("T19", "met"): 5},
        [FIRST],
        extra=f"{month} from (values (date '2026-11-01')) as t (month_date)",
    )
    after = publish(
        root,
        [row("T09", A, 1)],
        {("T09", "on_track"): 1, ("T19", "met"): 5},
        [FIRST],
        LATER,
        f"{month} from (values (date '2026-11-01'), (date '2026-12-01')) as t (month_date)",
    )
    after.manifest["as_of_date"] = "2026-12-20"
    moves = publication_diff.compare(before, after)
    assert (moves.figures, moves.submissions, moves.tables) == ([], [], [])
    assert [figure.target_id for figure in moves.by_day.figures] == ["T09"]
    assert moves.by_day.tables == ["rpt_target_month", "rpt_target_progress"]
    after.manifest["versions"] = {"rules": "other"}
    assert [figure.target_id for figure in publication_diff.compare(before, after).figures] == ["T09"]
    after.manifest["as_of_date"] = before.manifest["as_of_date"]
    same_day = publication_diff.compare(before, after)
    assert [table.name for table in same_day.tables] == ["rpt_target_month", "rpt_target_progress"]
    assert same_day.by_day.tables == []


def pulls(*looks: tuple[str, str, str | None]) -> str:
    """SQL of the ledger of looks at one source: when, what was seen, and since when it is away."""
    values = ", ".join(
        f"('a', 'CAB', 'fund', timestamp '{at}', '{state}', cast({repr(since) if since else 'null'} as timestamp))"
        for at, state, since in looks
    )
    columns = "source_name, department_code, dataset, looked_at, state, unreachable_since"
    return f"create table marts.fct_pull as select * from (values {values}) as t ({columns})"


def test_looks_at_which_nothing_came_are_left_out(root: Root) -> None:
    """Of the same day too: a look goes by the clock. What came, and when a source was first not reached, is told."""
    first, away = ("2026-11-01 01:00", "new", None), "2026-11-03 01:00"
    looks = [first, ("2026-11-02 01:00", "unchanged", None)]
    later = [*looks, (away, "unreachable", away)]
    ledgers = ([first], looks, later, [*later, ("2026-11-04 01:00", "unreachable", away)])
    published = [
        publish(root, [], {}, now=NOW + dt.timedelta(days=day), extra=pulls(*ledger))
        for day, ledger in enumerate(ledgers)
    ]
    told = [publication_diff.compare(before, after) for before, after in itertools.pairwise(published)]
    assert [[(table.name, table.come) for table in moves.tables] for moves in told] == [[], [("fct_pull", 1)], []]
    assert [moves.by_day.tables for moves in told] == [["fct_pull"], [], ["fct_pull"]]


def participations(submission_id: str, *rows: tuple[str | None, int, bool]) -> str:
    """SQL of the table: person, hours and whether it counts, in the order sent."""
    values = ", ".join(
        f"('{submission_id}#{place}', '{submission_id}', {place + 1}, 'CAB', 'K', "
        f"{repr(person) if person else 'null'}, {hours}, {str(is_counted).lower()}, "
        f"{'null' if is_counted else repr('duplicate')})"
        for place, (person, hours, is_counted) in enumerate(rows, 1)
    )
    return (
        f"create table marts.fct_participation as select * from (values {values}) as t (participation_key, "
        "submission_id, row_number, unit_code, class_key, person_key, attended_hours, is_counted, not_counted_reason);"
    )


def test_rows_are_the_same_by_what_they_are_of(root: Root) -> None:
    """Sent again in another order, with one more hour and another person; two persons without a pseudonym."""
    first = participations(A, ("p", 8, True), ("q", 8, True), (None, 8, True), (None, 9, True))
    second = participations(B, ("q", 8, True), ("p", 9, True), ("r", 8, True), (None, 9, True), (None, 8, True))
    before = publish(root, [row("T09", A, 1)], {("T09", "behind"): 1}, [FIRST], extra=first)
    after = publish(root, [row("T09", B, 1)], {("T09", "behind"): 1}, [REPLACES], LATER, second)
    table = next(table for table in publication_diff.compare(before, after).tables if table.name == "fct_participation")
    assert (table.gone, table.come, table.changed, table.placed) == (0, 1, 1, 3)
    assert table.columns_changed == {"attended_hours": 1}


def test_a_submission_says_why_it_moved_nothing(root: Root) -> None:
    """Waiting, nothing to report, held whole, duplicates alone, the same amounts, no target's dataset."""
    names = {why: submission(why[:6]).submission_id for why in ("waits", "nothing", "held", "doubles", "fund")}
    decisions = {why: decision(submission(why[:6])) for why in names}
    before = publish(root, [row("T09", A, 1)], {("T09", "behind"): 1}, [FIRST])
    duplicates = participations(names["doubles"], ("p", 8, False), ("q", 8, False))
    told = "".join(
        f"insert into marts.fct_submission values ('{names[why]}', 'first', null, {facts});"
        for why, facts in {
            "waits": "'awaiting_confirmation', 3, 0, false",
            "nothing": "'standing', 0, 0, true",
            "held": "'standing', 0, 7, false",
            "doubles": "'standing', 2, 0, false",
            "fund": "'standing', 2, 0, false",
        }.items()
    )
    after = publish(
        root,
        [row("T09", B, 1)],
        {("T09", "behind"): 1},
        [REPLACES, *(decisions[why] for why in names if why != "waits")],
        LATER,
        told + duplicates,
    )
    after.manifest["decisions"].append(decisions["waits"].folder_name)
    changed = {told.submission_id: told for told in publication_diff.compare(before, after).submissions}
    why = {name: told.effect and told.effect.why for name, told in changed.items()}
    assert why == {
        A: "same_amounts",
        B: "same_amounts",
        names["waits"]: "waits",
        names["nothing"]: "nothing_to_report",
        names["held"]: "all_rows_held",
        names["doubles"]: "not_counted",
        names["fund"]: "no_target",
    }
    assert changed[names["waits"]].change == "not_taken"
    effect = changed[names["doubles"]].effect
    assert effect and effect.rows_by_reason == {"duplicate": 2}


def test_natural_keys_name_columns_that_the_marts_have() -> None:
    for name, columns in row_diff.NATURAL_KEYS.items():
        assert set(columns) <= marts()[name].columns.keys(), name
        assert set(columns) != set(marts()[name].primary_key), name
    for name, columns in row_diff.BY_DAY.items():
        assert set(columns) <= marts()[name].columns.keys(), name
