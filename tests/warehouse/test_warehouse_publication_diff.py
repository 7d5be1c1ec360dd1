"""What moved between two publications, and because of which submissions."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from tests.warehouse.decided import decision, submission
from tests.warehouse.published import NOW, A, B, publish, row
from warehouse.published import publication_diff
from warehouse.published.publication_diff import Moves
from warehouse.store.data_root import Root

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
    tables = {table.name: (table.rows_before, table.rows_after, table.gone, table.come) for table in moved.tables}
    assert tables == {
        "fct_submission": (2, 2, 1, 1),
        "fct_target_contribution": (6, 8, 4, 6),
        "rpt_new": (None, 1, 0, 1),
        "rpt_target_progress": (3, 3, 3, 3),
    }


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
