"""What fails a test of senders' data is held back for the build and nothing else; our own failures stop it. dbt is a
stand-in that builds a few figures; the whole way is tested end to end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import hold_back
from orchestration.pipeline import run as steps
from orchestration.pipeline.dbt import Built
from warehouse.store import held_back, records
from warehouse.store.data_root import Root
from warehouse.store.held_back import Failure

TEST = "amounts_are_bounded"
_TABLES = f"""
create schema marts;
create schema senders_data;
create table marts.fct_target_contribution (
    target_id varchar, reading varchar, period varchar, submission_id varchar, row_index bigint, amount decimal(18, 4)
);
create table senders_data.{TEST} (submission_id varchar, row_index bigint, row_number bigint, field varchar);
"""
_FIGURES = """
create table marts.rpt_target_progress as
select target_id, reading, period, sum(amount) as actual from marts.fct_target_contribution group by all
"""


@dataclass
class Sent:
    """A submission: row index → amount, and the rows on which the test of senders' data fails (none: on the whole)."""

    name: str
    rows: dict[int, int]
    failing: tuple[int | None, ...] = ()


@dataclass
class House:
    """Keys with their submissions, oldest first; `breaks`: whether our own tables do not hold together."""

    root: Root
    keys: dict[str, list[Sent]]
    breaks: Callable[[set[tuple[str, int]]], bool] = lambda rows: False
    has_figures: bool = True
    builds: list[set[tuple[str, int]]] = field(default_factory=list)

    def run(self) -> steps.Run:
        self.running = steps.Run(self.root, dt.date(2026, 3, 11), dt.datetime(2026, 3, 11, tzinfo=dt.UTC))
        return self.running

    def standing(self) -> list[Sent]:
        held = self.running.held_back.submissions
        left = [[sent for sent in versions if sent.name not in held] for versions in self.keys.values()]
        return [versions[-1] for versions in left if versions]

    def build(self) -> Built:
        self.root.database.unlink(missing_ok=True)
        held = self.running.held_back.rows
        counted = {(sent.name, index) for sent in self.standing() for index in sent.rows} - held.keys()
        self.builds.append(counted)
        amounts = {sent.name: sent.rows for versions in self.keys.values() for sent in versions}
        failing = [
            (sent.name, index, index and index + 1, "amount" if index else "received_rows")
            for sent in self.standing()
            for index in sent.failing
            if index is None or (sent.name, index) in counted
        ]
        is_broken = self.breaks(counted)
        with duckdb.connect(str(self.root.database)) as con:
            con.execute(_TABLES)
            for name, index in sorted(counted):
                con.execute(
                    "insert into marts.fct_target_contribution values ('T04', 'main', '2026', ?, ?, ?)",
                    [name, index, amounts[name][index]],
                )
            for row in failing:
                con.execute(f"insert into senders_data.{TEST} values (?, ?, ?, ?)", row)
            if self.has_figures or not failing:
                con.execute(_FIGURES)
        return Built(
            {"rpt_target_progress": 0.1},
            {"rpt_target_progress": "Could not cast", "fct_x": "skipped"} if is_broken else {},
            {TEST: f'"skills"."senders_data"."{TEST}"'} if failing else {},
        )

    def close(self) -> None:
        """As dbt's process is closed."""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., House]:
    def of(*keys: list[Sent], **facts: object) -> House:
        built = House(Root(tmp_path / "data").make(), {versions[0].name: versions for versions in keys}, **facts)  # type: ignore[arg-type]
        monkeypatch.setattr(steps, "Dbt", lambda root: built)
        monkeypatch.setattr(steps, "judge", lambda run: 0)
        return built

    return of


def test_nothing_is_held_back_and_nothing_built_twice(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2, 2: 3})])
    assert hold_back.build(office.run()).stopped is None
    assert len(office.builds) == 1
    assert held_back.read(office.root) == held_back.NOTHING


def test_a_row_is_held_back_and_the_others_of_its_submission_count(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2, 2: 3}, failing=(2,))], [Sent("b", {1: 5})])
    assert hold_back.build(office.run()).stopped is None
    assert office.builds == [{("a", 1), ("a", 2), ("b", 1)}, {("a", 1), ("b", 1)}]
    held = held_back.read(office.root)
    assert held.failures == (Failure("a", TEST, "amount", 2, 3),)
    assert (held.submissions, held.rows) == (frozenset(), {("a", 2): [TEST]})
    assert held.contributed == {"a": {"T04|main|2026": "3.0000"}}
    assert (held.before, held.after) == ({"T04|main|2026": "10.0000"}, {"T04|main|2026": "7.0000"})


def test_of_a_whole_submission_held_back_what_stood_before_counts(house: Callable[..., House]) -> None:
    office = house([Sent("old", {1: 4}), Sent("new", {1: 9}, failing=(None, 1))])
    assert hold_back.build(office.run()).stopped is None
    assert office.builds == [{("new", 1)}, {("old", 1)}]
    held = held_back.read(office.root)
    assert (held.submissions, held.rows) == ({"new"}, {})
    assert (held.before, held.after) == ({"T04|main|2026": "9.0000"}, {"T04|main|2026": "4.0000"})


def test_what_stood_before_may_fail_too(house: Callable[..., House]) -> None:
    versions = [Sent("first", {1: 1}), Sent("second", {1: 2}, failing=(None,)), Sent("third", {1: 3}, failing=(None,))]
    office = house(versions)
    assert hold_back.build(office.run()).stopped is None
    assert office.builds == [{("third", 1)}, {("second", 1)}, {("first", 1)}]
    assert held_back.read(office.root).submissions == {"second", "third"}


def test_after_two_rebuilds_the_publication_stops_with_a_sentence(house: Callable[..., House]) -> None:
    office = house([Sent(name, {1: 1}, failing=(None,)) for name in ("first", "second", "third")])
    stopped = hold_back.build(office.run()).stopped or ""
    assert len(office.builds) == hold_back.REBUILDS + 1
    assert f"{TEST} on first" in stopped
    assert "skills release" in stopped
    assert "\n" not in stopped


def test_our_own_failure_stops_at_once_and_says_what_to_do(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2})], breaks=lambda rows: True)
    stopped = hold_back.build(office.run()).stopped or ""
    assert len(office.builds) == 1
    assert "1 of our own models or tests failed: rpt_target_progress: Could not cast" in stopped
    assert "No department can mend this" in stopped


def test_our_own_failure_that_ends_with_the_row_stops_nothing(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2, 2: 3}, failing=(2,))], breaks=lambda rows: ("a", 2) in rows, has_figures=False)
    assert hold_back.build(office.run()).stopped is None
    held = held_back.read(office.root)
    assert held.rows == {("a", 2): [TEST]}
    assert (held.before, held.after) == (None, None)


def test_a_release_lets_it_count(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2, 2: 3}, failing=(2,))], [Sent("b", {1: 5}, failing=(1,))])
    records.add(office.root, records.Release("a", "张三", "已核实", "2026-03-12T00:00:00+00:00"))
    assert hold_back.build(office.run()).stopped is None
    assert office.builds[-1] == {("a", 1), ("a", 2)}
    held = held_back.read(office.root)
    assert [failure.submission_id for failure in held.failures] == ["b"]
    assert [failure.submission_id for failure in held.released] == ["a"]


def test_a_release_that_breaks_our_tables_is_not_kept(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2, 2: 3}, failing=(2,))], breaks=lambda rows: ("a", 2) in rows)
    records.add(office.root, records.Release("a", "张三", "已核实", "2026-03-12T00:00:00+00:00"))
    assert hold_back.build(office.run()).stopped is None
    assert office.builds[-1] == {("a", 1)}
    held = held_back.read(office.root)
    assert held.failures == held.released


def test_it_ends_by_itself(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2}, failing=(1,))])
    hold_back.build(office.run())
    assert held_back.read(office.root).failures
    office.keys["a"].append(Sent("mended", {1: 2}))
    hold_back.build(office.run())
    assert held_back.read(office.root) == held_back.NOTHING


def test_made_again_it_is_built_once_without_the_same(house: Callable[..., House]) -> None:
    office = house([Sent("a", {1: 2, 2: 3}, failing=(2,))])
    hold_back.build(office.run())
    facts = held_back.read(office.root).facts({"a": "a.xlsx"})
    assert [failure["file"] for failure in facts["failures"]] == ["a.xlsx"]
    office.builds.clear()
    assert hold_back.build_without(office.run(), held_back.of_facts(facts)).stopped is None
    assert office.builds == [{("a", 1)}]
    assert held_back.read(office.root) == held_back.of_facts(facts)
