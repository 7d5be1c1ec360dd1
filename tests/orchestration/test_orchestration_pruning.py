"""Pruning: what must never go never goes, every deletion is told, a kill is harmless, and what is pruned can be made
again."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.pipeline import database_compaction, dbt_state, pruning, storage
from tests.orchestration import stored
from tests.warehouse import published
from warehouse.published import publication, publication_retention
from warehouse.published.publication_retention import Shown
from warehouse.store import log, publication_log, records
from warehouse.store.data_root import Root
from warehouse.store.settings import Log, Retention, Settings
from warehouse.vocabulary.errors import Busy, OperatorError

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
FEW = Settings(retention=Retention(publications=1, month_ends=0))
TABLE = {
    "received/CAB-training_record-2026-01-0123456789ab/content": False,
    "received/deliveries.jsonl": False,
    "received/deliveries.head": False,
    "received/deliveries.jsonl.99": False,
    "received/publications.jsonl": False,
    "held/training_record/a@1.parquet": False,
    "decided/training_record/a@1/decision.json": False,
    "decided/training_record/a@1/accepted.parquet": False,
    "current/training_record/2026-01/0.parquet": False,
    "snapshots/7.json": False,
    "corrections/CAB/book.xlsx": False,
    "reports/CAB/index.html": False,
    "inbox/CAB/file.xlsx": False,
    "truth/rows.parquet": False,
    "house.json": False,
    "demo.json": False,
    "dagster/event_log.db": False,
    "work/skills.duckdb": False,
    "work/judged.duckdb": False,
    "work/told.duckdb": False,
    "work/build.json": False,
    "work/held_back.json": False,
    "work/looks.json": False,
    "work/verified.json": False,
    "work/pinned/training_record/x.parquet": False,
    "work/register/finding.parquet": False,
    "work/staged/training_record/a@1/decision.json": False,
    "work/renewal/k/data/decided/x": False,
    "work/decidingx": False,
    "published/current/warehouse.duckdb": False,
    "published/2026-01-01-a/manifest.json": False,
    "published/2026-01-01-a": False,
    "published/2026-01-01-a/warehouse.duckdb": True,
    "published/2026-01-01-a/parquet/fct_x.parquet": True,
    "published/.publication.part/manifest.json": True,
    "work/deciding/rows.parquet": True,
    "work/rebuild/data/decided/x": True,
    "work/dbt/compiled/a.sql": True,
    "work/dbt/partial_parse.msgpack": False,
    "dagster.damaged-20260101T000000Z": True,
    "log/skills.jsonl": False,
    "log/skills.jsonl.12": True,
}
"""Path in a data root → whether pruning may ever delete it."""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def may_go(root: Root, path: Path) -> bool:
    try:
        pruning.refuse_kept(root, path, root.path / "log")
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(("place", "goes"), TABLE.items())
def test_only_what_is_derived_may_ever_go(root: Root, place: str, goes: bool) -> None:
    assert may_go(root, root.path / place) is goes
    assert not may_go(root, root.path.parent / "elsewhere" / place), "nothing outside the root"
    assert not may_go(root, root.path / "work/deciding/../.." / place), "nothing by way of another folder"


def test_the_key_never_goes(root: Root) -> None:
    assert not may_go(root, root.key_file)


@given(
    ids=st.lists(st.integers(0, 400), unique=True, max_size=40).map(sorted),
    newest=st.integers(1, 8),
    month_ends=st.integers(0, 8),
    data=st.data(),
)
def test_kept_are_the_current_the_newest_the_chosen_and_the_last_of_each_month(
    ids: list[int], newest: int, month_ends: int, data: st.DataObject
) -> None:
    first = dt.date(2026, 1, 1)
    in_order = [
        Shown(str(number), (first + dt.timedelta(number)).isoformat(), data.draw(st.booleans(), "asked"))
        for number in ids
    ]
    names = [shown.publication_id for shown in in_order]
    current = data.draw(st.none() | st.sampled_from(names), "current") if names else None
    chosen = set(data.draw(st.lists(st.sampled_from(names)), "chosen")) if names else set()
    kept = publication_retention.kept(in_order, newest, month_ends, current, chosen)
    assert set(kept) <= set(names)
    assert {*names[-newest:], *chosen, *filter(None, [current])} <= set(kept)
    assert {shown.publication_id for shown in in_order if shown.is_asked_for} <= set(kept)
    ordinary = [shown for shown in in_order if not shown.is_asked_for]
    by_month = {month: list(group)[-1] for month, group in itertools.groupby(ordinary, lambda shown: shown.day[:7])}
    ends = [by_month[month].publication_id for month in sorted(by_month)]
    assert set(ends[len(ends) - month_ends :] if month_ends else []) <= set(kept)


def publish(root: Root, count: int) -> list[str]:
    """So many publications, a second apart."""
    return [
        published.publish(
            root,
            [published.row("T09", published.A, 1, amount)],
            {("T09", "on_track"): amount},
            now=published.NOW + dt.timedelta(seconds=amount),
        ).publication_id
        for amount in range(1, count + 1)
    ]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_old_publications_keep_their_manifest_alone_and_are_told(root: Root) -> None:
    first, chosen, signed, old, last = publish(root, 5)
    shown = publication.find(root, chosen)
    publication.make_current(root, shown, NOW, log.Actor(log.PERSON, "somebody", "command line"), "to compare")
    publication.make_current(root, publication.find(root, last), NOW)
    records.add(root, records.FinalYear(2025, signed, "somebody", {}, records.now()))
    planned = {removal.subject for removal in pruning.planned(root, FEW, NOW)}
    gone = {removal.subject: removal for removal in pruning.prune(root, FEW, NOW)}
    assert gone.keys() == planned == {first, old}
    for name in (first, old):
        assert files(root.published / name) == ["manifest.json"]
    assert publication.find(root, "previous").publication_id == signed
    (told,) = [entry for entry in log.read(root.publications) if (entry.kind, entry.subject) == ("pruned", first)]
    assert told.facts == {"bytes": gone[first].size, "reason": gone[first].reason}
    assert told.facts["bytes"] > 100_000
    assert storage.verify(root) == []
    with pytest.raises(OperatorError, match=f"files of {first} were pruned: call skills rebuild {first}"):
        publication.open_publication(root, first)
    assert list(pruning.prune(root, FEW, NOW)) == [], "nothing goes twice"


def test_what_was_pruned_and_is_published_again_stands_again(root: Root) -> None:
    first, _ = publish(root, 2)
    list(pruning.prune(root, FEW, NOW))
    published.publish(root, [published.row("T09", published.A, 1, 1)], {("T09", "on_track"): 1}, now=NOW)
    assert publication.open_publication(root, first).publication_id == first
    assert publication_log.pruned(root) == set()
    assert storage.verify(root) == []


def test_a_kill_in_the_middle_is_harmless(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    names = publish(root, 4)
    (root.work / "deciding").mkdir()
    (root.work / "deciding" / "rows").write_bytes(b"x")
    steps = iter(itertools.count())
    remove = pruning._remove
    for fatal in range(8):
        steps = itertools.count()

        def killed(path: Path, fatal: int = fatal, steps: itertools.count[int] = steps) -> None:
            if next(steps) == fatal % 3:
                raise KeyboardInterrupt
            remove(path)

        monkeypatch.setattr(pruning, "_remove", killed)
        try:
            list(pruning.prune(root, FEW, NOW))
        except KeyboardInterrupt:
            assert storage.verify(root) == []
            assert publication.open_current(root).publication_id == names[-1]
    monkeypatch.setattr(pruning, "_remove", remove)
    list(pruning.prune(root, FEW, NOW))
    assert [files(root.published / name) for name in names[:-1]] == [["manifest.json"]] * 3
    assert not (root.work / "deciding").exists()


def test_nothing_goes_while_others_decide_or_build(root: Root) -> None:
    from warehouse.store import lock

    publish(root, 3)
    before = files(root.path)
    for rhythm in lock.RHYTHMS:
        with lock.hold(root, rhythm), pytest.raises(Busy, match="wait until it has ended"):
            list(pruning.prune(root, FEW, NOW))
    assert [name for name in before if name not in files(root.path)] == []


def test_rotated_logs_and_histories_set_aside_go_by_age(root: Root) -> None:
    (root.path / "log").mkdir()
    for name in ("skills.jsonl", "skills.jsonl.2", "skills.jsonl.3"):
        (root.path / "log" / name).write_text("{}\n", "utf-8")
    for moment in ("20260101T000000Z", "20261130T000000Z"):
        (root.path / f"dagster.damaged-{moment}").mkdir()
    gone = {removal.subject for removal in pruning.prune(root, Settings(log=Log(files=2)), NOW)}
    assert gone == {"log/skills.jsonl.3", "dagster.damaged-20260101T000000Z"}
    assert files(root.path / "log") == ["skills.jsonl", "skills.jsonl.2"]
    assert not (root.path / "dagster.damaged-20260101T000000Z").exists()


def test_the_database_is_compressed_once_and_says_the_same(root: Root) -> None:
    stored_facts = {"models": "m", "root": str(root.path)}
    with duckdb.connect(str(root.database)) as con:
        con.execute("set force_compression = 'uncompressed'")
        con.execute("create schema marts")
        con.execute("create table marts.fct_x as select range as n, 'x' || range % 7 as name from range(1000000)")
        con.execute("comment on column marts.fct_x.n is '序号'")
        dbt_state.write(con, stored_facts, dbt_state.Project((), (), {}), {}, set())
        before = con.execute("select md5(string_agg(t::varchar, ',' order by n)) from marts.fct_x as t").fetchall()
    size = root.database.stat().st_size
    (removal,) = pruning.prune(root, FEW, NOW)
    assert (removal.subject, removal.size) == ("work/skills.duckdb", size - root.database.stat().st_size)
    assert removal.size > size // 2
    assert not database_compaction.is_wanted(root)
    assert list(pruning.prune(root, FEW, NOW)) == []
    with duckdb.connect(str(root.database)) as con:
        assert (
            before == con.execute("select md5(string_agg(t::varchar, ',' order by n)) from marts.fct_x as t").fetchall()
        )
        assert con.execute("select comment from duckdb_columns() where comment is not null").fetchall() == [("序号",)]
        assert dbt_state.read_key(con) == stored_facts
        con.execute("insert into marts.fct_x values (1, 'y')")
    assert database_compaction.is_wanted(root)


def test_what_is_decided_is_untouched(laid: Root, tmp_path: Path) -> None:
    import shutil

    root = Root(tmp_path / "copied")
    shutil.copytree(laid.path, root.path)
    before = stored.tree(root.decided, root.held, root.inbox)
    received = stored.tree(root.received)
    list(pruning.prune(root, FEW, NOW))
    assert stored.tree(root.decided, root.held, root.inbox) == before
    assert {name: content for name, content in stored.tree(root.received).items() if name in received} == received
    assert storage.verify(root) == []
