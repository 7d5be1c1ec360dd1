"""Feeds: what a file may say, what is refused, and who owes what by when."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from ingest import feed as feeds
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.period import Cadence, parse

MONTHLY = "cadence: monthly\n"


def write(folder: Path, text: str, name: str = "CAB/training_class.yaml") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_the_house_has_a_feed_for_every_department_and_dataset() -> None:
    assert {feed.department for feed in feeds.feeds()} == set(reference.codes("department"))
    assert {feed.dataset for feed in feeds.feeds()} == set(contract.names())
    files = {f"{path.parent.name}/{path.stem}" for path in feeds.FEEDS.glob("*/*.yaml")}
    assert {f"{feed.department}/{feed.dataset}" for feed in feeds.feeds()} == files


def test_one_feed_is_asked_for_without_reading_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    feeds.live.cache_clear()
    wanted = feeds.feeds()[0]
    read: list[Path] = []
    whole = feeds._yaml
    monkeypatch.setattr(feeds, "_yaml", lambda path: read.append(path) or whole(path))
    assert feeds.live(wanted.department, wanted.dataset) == wanted
    assert [path.stem for path in read] == [wanted.dataset]
    assert feeds.live(wanted.department, "no_dataset") is None


def test_one_feed_by_itself_is_the_one_among_all() -> None:
    assert [feeds.live(feed.department, feed.dataset) for feed in feeds.feeds()] == [*feeds.feeds()]


def test_district_units() -> None:
    with_districts = {feed.dataset for feed in feeds.feeds() if feed.districts}
    assert with_districts == {
        "training_class",
        "training_record",
        "certificate",
        "subsidy_payment",
        "aggregate_summary",
    }
    units = next(feed.units for feed in feeds.feeds() if feed.districts)
    assert units == ("HRSS", *(f"HRSS.{district}" for district in reference.codes("district")))


def test_a_plain_feed_needs_one_line(tmp_path: Path) -> None:
    write(tmp_path, MONTHLY)
    feed = feeds.load(tmp_path)[0]
    assert (feed.months_after, feed.day, str(feed.first), str(feed.last)) == (1, 10, "2025-11", "2027-12")
    assert feed.units == ("CAB",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("cadence: weekly", "cadence"),
        (MONTHLY + "channel: drop_folder", "channel: a feed no longer says where its files come from"),
        (MONTHLY + "channel: sftp", "inbox/CAB/"),
        (MONTHLY + "format: xlsx", "format: a feed no longer says in which format its files come"),
        (MONTHLY + "colour: red", "colour"),
        (MONTHLY + "first: 2026-Q1", "first"),
        (MONTHLY + "last: 2025-01", "last"),
        (MONTHLY + "optional: 1", "optional: 1 is neither true nor false"),
        (MONTHLY + "due: {day: 3}", "due"),
        (MONTHLY + "due: {months_after: 1, day: 40}", "due"),
        ("cadence: yearly", "due"),
        (MONTHLY + "districts: ['999999']", "districts"),
        (MONTHLY + "districts: ['440305', '440305']", "districts"),
        (MONTHLY + "headers: {班: nothing}", "headers.班"),
        (MONTHLY + "headers: {班: class_id, 班*: class_name}", "headers.班*"),
        (MONTHLY + "headers: {班: class_id}\nconstants: {class_id: x}", "headers.班"),
        (MONTHLY + "headers: {专项行动: remark, 对应条款: remark, special_action: remark}", "special_action"),
        (MONTHLY + "constants: {nothing: '1'}", "constants.nothing"),
        (MONTHLY + "constants: {special_action: '99'}", "constants.special_action"),
        (MONTHLY + "constants: {special_action: 6}", "constants.special_action"),
        (MONTHLY + "values: {special_action: {养老: '99'}}", "values.special_action.养老"),
        (MONTHLY + "values: {nothing: {a: b}}", "values.nothing"),
        ("- a", "the file"),
        ("a: [", "the file"),
    ],
)
def test_a_wrong_feed_is_refused_with_file_and_field(tmp_path: Path, text: str, complaint: str) -> None:
    write(tmp_path, text)
    with pytest.raises(OperatorError) as caught:
        feeds.load(tmp_path)
    assert "CAB/training_class.yaml" in str(caught.value)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("name", ["XXX/training_class.yaml", "CAB/nothing.yaml"])
def test_unknown_departments_and_datasets_are_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, MONTHLY, name)
    with pytest.raises(OperatorError, match=name):
        feeds.load(tmp_path)


def test_a_retired_feed_is_gone(tmp_path: Path) -> None:
    write(tmp_path, MONTHLY)
    write(tmp_path, "- {feed: CAB/training_class, date: 2027-01-31, reason: merged}", "retired.yaml")
    with pytest.raises(OperatorError, match="merged"):
        feeds.load(tmp_path)


def test_the_grid_ends_with_the_next_period_due(tmp_path: Path) -> None:
    write(tmp_path, MONTHLY)
    grid = feeds.expected(feeds.load(tmp_path), dt.date(2026, 1, 12))
    assert [(str(cell.period), cell.due_date) for cell in grid] == [
        ("2025-11", dt.date(2025, 12, 10)),
        ("2025-12", dt.date(2026, 1, 12)),
        ("2026-01", dt.date(2026, 2, 10)),
    ]


def test_what_is_optional_may_be_sent_and_is_expected_of_nobody(tmp_path: Path) -> None:
    write(tmp_path, MONTHLY + "optional: true")
    write(tmp_path, MONTHLY, "COM/training_class.yaml")
    optional, owed = sorted(feeds.load(tmp_path), key=lambda feed: not feed.is_optional)
    january = parse("2026-01")
    assert january is not None
    assert optional.owes(january) and owed.owes(january)
    assert {cell.department for cell in feeds.expected((optional, owed), dt.date(2026, 1, 12))} == {"COM"}


def test_what_came_unasked_is_owed_by_nobody(tmp_path: Path) -> None:
    write(tmp_path, MONTHLY + "optional: true")
    write(tmp_path, MONTHLY, "COM/training_class.yaml")
    early, late = dt.date(2026, 1, 20), dt.date(2026, 5, 4)
    first_days = {
        ("training_class", "CAB", "2026-01"): early,
        ("training_class", "CAB", "2026-02"): late,
        ("training_class", "COM", "2026-03"): late,  # owed: it stands in the grid already
    }
    cells = feeds.sent_unasked(feeds.load(tmp_path), first_days)
    assert [(cell.unit, str(cell.period), cell.due_date, cell.is_owed) for cell in cells] == [
        ("CAB", "2026-01", dt.date(2026, 2, 10), False),
        ("CAB", "2026-02", late, False),
    ]


def test_yearly_due_days() -> None:
    due = {feed.dataset: feed.due_date(feed.first) for feed in feeds.feeds() if feed.cadence == "yearly"}
    assert due == {
        "demand_forecast": dt.date(2025, 12, 31),
        "talent_award": dt.date(2026, 2, 2),
        "education_fund": dt.date(2026, 6, 30),
        "wage_guidance": dt.date(2025, 12, 31),
        "labour_cost": dt.date(2025, 12, 31),
    }


def test_back_files_are_taken_of_every_dataset_with_rows_and_owed_by_nobody() -> None:
    """A month at a time, or as the feed reports; the totals of October 2025 declare the balance and are owed."""
    months = [f"2025-{month:02d}" for month in range(1, 11)]
    for feed in feeds.feeds():
        periods = [period for text in months if (period := parse(text))]
        if feed.dataset == "aggregate_summary":
            assert [str(period) for period in periods if feed.takes(period)] == ["2025-10"], feed
            assert feed.owes(periods[-1])
            continue
        assert all(feed.takes(period) for period in periods), feed
        assert not any(feed.owes(period) for period in periods) or feed.is_optional, feed
        outside = [period for text in ("2024-12", "2024", "2024-Q4", "2024-H2") if (period := parse(text))]
        assert not any(feed.takes(period) for period in outside) or feed.is_optional, feed
    owed = feeds.expected([feed for feed in feeds.feeds() if not feed.is_optional], dt.date(2027, 12, 31))
    assert {cell.dataset for cell in owed if str(cell.period) in months} == {"aggregate_summary"}


@pytest.mark.parametrize(
    ("cadence", "taken"),
    [
        ("monthly", {"2025-01", "2025-10"}),
        ("quarterly", {"2025-01", "2025-10", "2025-Q1", "2025-Q3"}),
        ("half-yearly", {"2025-01", "2025-10", "2025-H1"}),
        ("yearly", {"2025-01", "2025-10"}),
    ],
)
def test_back_files_come_by_month_or_as_the_feed_reports(cadence: Cadence, taken: set[str]) -> None:
    feed = next(feed for feed in feeds.feeds() if feed.cadence == "monthly" and feed.dataset != "aggregate_summary")
    first = {"monthly": "2025-11", "quarterly": "2025-Q4", "half-yearly": "2025-H2", "yearly": "2025"}[cadence]
    begun = parse(first)
    assert begun is not None
    reporting = dataclasses.replace(feed, cadence=cadence, first=begun, last=begun)
    texts = ("2024-12", "2025-01", "2025-10", "2025-Q1", "2025-Q3", "2025-H1", "2024")
    assert {text for text in texts if (period := parse(text)) and reporting.takes(period)} == taken


def test_periods_never_owed() -> None:
    feed = next(feed for feed in feeds.feeds() if feed.cadence == "monthly")
    owed = {
        text: feed.owes(period)
        for text in ("2026-01", "2026-Q1", "2026", "2024-01", "2028-01")
        if (period := parse(text))
    }
    assert owed == {"2026-01": True, "2026-Q1": False, "2026": False, "2024-01": False, "2028-01": False}
