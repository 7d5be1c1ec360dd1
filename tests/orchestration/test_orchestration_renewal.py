"""Another key and an older layout: what is derived is made anew and exchanged, and a kill on the way loses nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import receive
from ingest.pool import Pool
from orchestration.pipeline import migrations, renewal, signal_renewal, storage
from tests.ingest.files import HEADERS, ROW, delimited
from tests.orchestration import stored
from tests.orchestration.stored import KEY, OTHER
from tests.warehouse.published import publish
from warehouse.published import publication
from warehouse.store import decision_log, durable, house, log, records, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import signal
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key


@pytest.fixture
def root(laid: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    shutil.copytree(laid.path, tmp_path / "data")
    monkeypatch.setenv("SKILLS_KEY", KEY.secret.hex())
    return Root(tmp_path / "data")


@pytest.fixture(autouse=True)
def shared_workers(monkeypatch: pytest.MonkeyPatch, readers: Pool) -> None:
    """A renewal decides in a run of its own."""
    monkeypatch.setattr(renewal.steps, "Pool", lambda: stored.kept(readers))


def persons(root: Root) -> set[str]:
    files = [root.decision_folder(decision) / "accepted.parquet" for (decision,) in register.decisions(root).values()]
    return {token for file in files for token in pq.read_table(file)["person_key"].to_pylist()}


def rekey(root: Root, readers: Pool) -> int:
    return renewal.rekey(stored.prepared(root, readers, None))


def settle(root: Root, readers: Pool) -> None:
    migrations.settle(stored.prepared(root, readers, None))


def test_a_new_root_is_given_its_key(tmp_path: Path, readers: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLS_KEY", KEY.secret.hex())
    root = Root(tmp_path / "data").make()
    settle(root, readers)
    assert house.read(root) == house.of_key(KEY)
    settle(root, readers)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    with pytest.raises(OperatorError, match="skills rekey"):
        settle(root, readers)


def test_all_tokens_are_made_anew(root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    before, held = persons(root), stored.tree(root.held)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    assert rekey(root, readers) == 3
    assert house.read(root) == house.of_key(OTHER)
    assert stored.keys_in_use(root) == {OTHER.key_id}
    assert len(persons(root)) == len(before)
    assert not persons(root) & before
    assert stored.tree(root.held) == held
    assert storage.verify(root) == []
    assert [(entry.kind, entry.subject) for entry in log.read(root.received / "house.jsonl")] == [
        ("rekey", OTHER.key_id)
    ]
    assert not (root.work / "renewal").exists()


def test_so_are_those_of_sole_traders(root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    trader = "92350100M000100Y40"
    path = root.inbox / "EDU" / "training_record_2026-01.csv"
    path.parent.mkdir()
    path.write_bytes(delimited([[*HEADERS, "单位统一社会信用代码"], [*ROW, trader]]))
    path.with_name(f"{path.name}.done").touch()
    stored.take(root, readers)
    assert traders(root) == {f"92{KEY.token(f'USCC|{trader}')}"}
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    rekey(root, readers)
    assert traders(root) == {f"92{OTHER.token(f'USCC|{trader}')}"}


def traders(root: Root) -> set[str]:
    files = [root.decision_folder(decision) / "accepted.parquet" for (decision,) in register.decisions(root).values()]
    return {code for file in files for code in pq.read_table(file)["employer_uscc"].drop_null().to_pylist()}


def signal_of_a_person(root: Root) -> tuple[str, str]:
    """Id and digest of a signal on the first row of a decision, as the marts make them."""
    decision = min(
        (decision for (decision,) in register.decisions(root).values()), key=lambda decision: decision.folder_name
    )
    row = pq.read_table(root.decision_folder(decision) / "accepted.parquet").to_pylist()[0]
    return signal_of(root, row, f"R05#person#{row['person_key']}")


def signal_of(root: Root, row: Mapping[str, Any], key: str) -> tuple[str, str]:
    facts = f"未满16周岁。#0#{row['class_id']}#{row['person_key']}"
    signal_id, digest = (hashlib.md5(text.encode()).hexdigest() for text in (key, facts))
    present = house.read(root)
    assert present is not None
    publish(
        root,
        [],
        {},
        extra=f"""
        create table marts.rpt_risk_signal as select 'R05-{signal_id[:12]}' as signal_id, '{key}' as signal_key,
            'R05' as rule_code, '未满16周岁。' as reason, 0 as amount_fen, '{digest}' as facts_digest;
        create table marts.fct_risk_signal_row as select '{key}' as signal_key, 'participation' as fact,
            '{row["submission_id"]}#{row["row_index"]}' as fact_key, 0 as amount_fen;
        """,
        key_id=present.key_id,
    )
    return f"R05-{signal_id[:12]}", digest


def test_steps_of_a_signal_are_carried_over_once_though_it_is_killed(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal_id, digest = signal_of_a_person(root)
    taken = records.SignalStep(signal_id, "cleared", digest, "张三", "已核实", "2026-03-02T00:00:00Z")
    other = records.SignalStep("R19-gone", "checking", "x", "张三", "", "2026-03-02T00:00:00Z")
    records.add(root, taken, other)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signal_renewal.log, "append", killing_after(log.append))
        with pytest.raises(Killed):
            rekey(root, readers)
    rekey(root, readers)
    new_id, new_digest = signal_of_a_person(root)
    assert new_id != signal_id
    carried = dataclasses.replace(taken, signal_id=new_id, facts_digest=new_digest)
    assert records.read(root, records.SignalStep) == [taken, other, carried]


def test_a_signal_of_a_sole_traders_school_keeps_its_steps(root: Root, tmp_path: Path) -> None:
    former = tmp_path / "former"
    shutil.copytree(root.decided, former)
    tokens = [f"92{key.token('USCC|92350100M000100Y40')}" for key in (KEY, OTHER)]
    for folder, token in zip((former, root.decided), tokens, strict=True):
        file = folder / "institution_directory" / "EDU-institution_directory-2026-01-0@0" / "accepted.parquet"
        file.parent.mkdir(parents=True)
        pq.write_table(pa.table({"submission_id": ["a"], "row_index": [1], "uscc": [token]}), file)
    row = pq.read_table(next(root.decided.glob("training_record/CAB*/accepted.parquet"))).to_pylist()[0]
    names = [signal_of(root, row, f"R18#institution#{token}#x") for token in reversed(tokens)]
    taken = records.SignalStep(*(names[1][0], "checking", names[1][1]), "张三", "", "2026-03-02T00:00:00Z")
    records.add(root, taken)
    signal_renewal.carry_over(root, former, OTHER.key_id)
    carried = dataclasses.replace(taken, signal_id=names[0][0])
    assert records.read(root, records.SignalStep) == [taken, carried]


def third(monkeypatch: pytest.MonkeyPatch) -> Key:
    """A key after the other one, which is set."""
    key = Key(bytes(range(64, 96)))
    monkeypatch.setenv("SKILLS_KEY", key.secret.hex())
    return key


@pytest.mark.parametrize("is_killed", [False, True])
def test_steps_outlive_two_changes_of_key_without_a_run_between(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    """A step between the two, on a signal as published, comes with it."""
    signal_id, digest = signal_of_a_person(root)
    first = records.SignalStep(signal_id, "checking", digest, "张三", "", "2026-03-02T00:00:00Z")
    records.add(root, first)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    rekey(root, readers)
    second = records.SignalStep(signal_id, "cleared", digest, "张三", "已核实", "2026-03-03T00:00:00Z")
    records.add(root, second)
    key = third(monkeypatch)
    if is_killed:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(signal_renewal.log, "append", killing_after(log.append))
            with pytest.raises(Killed):
                rekey(root, readers)
    rekey(root, readers)
    new_id, new_digest = signal_of_a_person(root)
    steps = [step for step in records.read(root, records.SignalStep) if step.signal_id == new_id]
    assert steps == [dataclasses.replace(step, signal_id=new_id, facts_digest=new_digest) for step in (first, second)]
    assert signal.state_of(signal.last_steps(steps)[new_id], new_digest) == "cleared"
    assert key.key_id in root.signal_tokens.read_text("utf-8")
    signal_renewal.forget(root, publication.open_current(root))
    assert not root.signal_tokens.exists()


def test_a_sole_traders_school_keeps_them_too_and_so_does_a_key_that_comes_back(root: Root, tmp_path: Path) -> None:
    tokens = [f"92{key.token('USCC|92350100M000100Y40')}" for key in (KEY, OTHER, Key(bytes(range(64, 96))), KEY)]
    row = pq.read_table(next(root.decided.glob("training_record/CAB*/accepted.parquet"))).to_pylist()[0]
    signal_id, digest = signal_of(root, row, f"R18#institution#{tokens[0]}#x")
    taken = records.SignalStep(signal_id, "checking", digest, "张三", "", "2026-03-02T00:00:00Z")
    records.add(root, taken)
    for before, (token, key_id) in enumerate(zip(tokens[1:], "bca", strict=True)):
        former = tmp_path / f"former-{before}"
        shutil.copytree(root.decided, former)
        for folder, code in ((former, tokens[before]), (root.decided, token)):
            file = folder / "institution_directory" / "EDU-institution_directory-2026-01-0@0" / "accepted.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table({"submission_id": ["a"], "row_index": [1], "uscc": [code]}), file)
        signal_renewal.carry_over(root, former, key_id)
    names = [signal_of(root, row, f"R18#institution#{token}#x")[0] for token in tokens[:3]]
    told = [step.signal_id for step in records.read(root, records.SignalStep)]
    assert told == names, "each once, and those of the first key stand already"


def test_steps_that_cannot_be_told_anew_stop_it_before_anything_is_exchanged(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal_id, digest = signal_of_a_person(root)
    taken = records.SignalStep(signal_id, "checking", digest, "张三", "", "2026-03-02T00:00:00Z")
    records.add(root, taken)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    rekey(root, readers)
    root.signal_tokens.unlink()
    third(monkeypatch)
    before, steps = stored.tree(root.decided), records.read(root, records.SignalStep)
    with pytest.raises(OperatorError, match=f"2 steps on signals would be lost.*run with key {OTHER.key_id} first"):
        rekey(root, readers)
    assert stored.tree(root.decided) == before
    assert house.read(root) == house.of_key(OTHER)
    run = stored.prepared(root, readers, None)
    assert renewal.rekey(run, has_signal_steps=False) == 3
    assert records.read(root, records.SignalStep) == steps
    assert not root.signal_tokens.exists()


def killing_after(append: Callable[..., None]) -> Callable[..., None]:
    """The log of signals is written, and nothing after it."""

    def killed(path: Path, entries: Iterable[log.Entry]) -> None:
        append(path, entries)
        if path.name == "signal_steps.jsonl":
            raise Killed

    return killed


def test_there_and_back_is_what_it_was(root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stored.tree(root.decided, root.held)
    for key in (OTHER, KEY):
        monkeypatch.setenv("SKILLS_KEY", key.secret.hex())
        rekey(root, readers)
    assert stored.tree(root.decided, root.held) == before


def test_another_algorithm_is_another_key(root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLS_TOKEN_ALGORITHM", "sm3")
    with pytest.raises(OperatorError, match="sm3"):
        settle(root, readers)
    assert rekey(root, readers) == 3
    settle(root, readers)


def test_decisions_under_rules_of_before_do_not_stay_under_the_old_key(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (decision, *_), *_ = register.decisions(root).values()
    before = stored.older(root, decision, stored.NOW)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    rekey(root, readers)
    assert before.folder_name not in decision_log.told(root)
    assert not root.decision_folder(before).exists()
    assert storage.verify(root) == []


def test_the_same_key_has_nothing_to_do(root: Root, readers: Pool) -> None:
    with pytest.raises(OperatorError, match="are those of key"):
        rekey(root, readers)


def test_content_that_is_lost_stops_it_before_anything_is_exchanged(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored.tree(root.decided)
    file = next(root.received.glob("CAB-*/content"))
    file.write_bytes(b"x")
    shutil.rmtree(root.inbox)
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    with pytest.raises(OperatorError, match=f"{file} is damaged"):
        rekey(root, readers)
    assert stored.tree(root.decided) == before
    assert house.read(root) == house.of_key(KEY)


SOME_OR_ALL = pytest.mark.parametrize("apart", [7, pytest.param(1, marks=pytest.mark.soak)])


class Killed(BaseException):
    """Nothing after it runs, as after a kill."""


def killed_at(monkeypatch: pytest.MonkeyPatch, point: int) -> Callable[[], int]:
    """Every move counts; at the given one the process is killed before it. Gives how many there were."""
    count = 0
    move = durable.move

    def counted(staged: Path, place: Path) -> Path:
        nonlocal count
        count += 1
        if count > point:
            raise Killed
        return move(staged, place)

    monkeypatch.setattr(durable, "move", counted)
    return lambda: count


def is_mixed(root: Root) -> bool:
    """Whether a build that is let in would see two keys, or decisions that are not there."""
    for key in (KEY, OTHER):
        try:
            house.admit(root, key)
        except OperatorError:
            continue
        if stored.keys_in_use(root) != {key.key_id} or storage.verify(root):
            return True
    return False


@SOME_OR_ALL
def test_killed_at_any_point_it_goes_on_and_nothing_sees_a_mixture(
    laid: Root, tmp_path: Path, readers: Pool, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    whole = Root(shutil.copytree(laid.path, tmp_path / "whole" / "data"))
    with pytest.MonkeyPatch.context() as patched:
        moves = killed_at(patched, 10_000)
        rekey(whole, readers)
    assert moves() > 12
    for point in range(0, moves(), apart):
        root = Root(shutil.copytree(laid.path, tmp_path / str(point) / "data"))
        with pytest.MonkeyPatch.context() as patched:
            killed_at(patched, point)
            with pytest.raises(Killed):
                rekey(root, readers)
        assert not is_mixed(root), point
        if house.read(root) == house.of_key(OTHER):
            continue
        rekey(root, readers)
        assert house.read(root) == house.of_key(OTHER)
        assert stored.tree(root.decided, root.held) == stored.tree(whole.decided, whole.held), point
        assert storage.verify(root) == []
        assert len(log.read(root.received / "house.jsonl")) == 1


def test_while_it_is_exchanged_only_its_own_key_ends_it(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write(root, house.of_key(OTHER, moving="rekey"))
    for attempt in (rekey, settle):
        with pytest.raises(OperatorError, match=OTHER.key_id):
            attempt(root, readers)
    shutil.rmtree(root.work)  # even with what was made lost
    monkeypatch.setenv("SKILLS_KEY", OTHER.secret.hex())
    rekey(root, readers)
    assert stored.keys_in_use(root) == {OTHER.key_id}
    assert storage.verify(root) == []


def first_layout(root: Root) -> Root:
    records.add(root, records.Confirmation("S", "甲", "乙", "2026-03-02T00:00:00+00:00"))
    stored.to_first_layout(root)
    return root


def test_the_first_layout_is_brought_up_to_date(root: Root, readers: Pool) -> None:
    deliveries, told = receive.deliveries(root), decision_log.told(root)
    before = stored.tree(root.decided, root.held)
    first_layout(root)
    flat = stored.tree(root.received)
    for read in (receive.deliveries, register.decisions):
        with pytest.raises(OperatorError, match="is of an older layout: call skills run"):
            read(root)
    settle(root, readers)
    assert receive.deliveries(root) == deliveries
    assert decision_log.told(root) == told, "and so when each was decided"
    assert records.read(root, records.Confirmation) == [
        records.Confirmation("S", "甲", "乙", "2026-03-02T00:00:00+00:00")
    ]
    assert stored.tree(root.decided, root.held) == before
    assert storage.verify(root) == []
    assert house.read(root) == house.of_key(KEY)
    kept = stored.tree(root.received / "layout-1")
    assert {name.partition("/")[2]: content for name, content in kept.items()} == {
        name.partition("/")[2]: content for name, content in flat.items() if name.endswith(".jsonl")
    }
    (entry,) = log.read(root.received / "house.jsonl")
    assert (entry.kind, entry.facts) == ("upgrade", {"layout": 2, "deliveries": 3, "decisions": 3})
    assert house.compared_from(root) == 3, "what replaced before goes on having replaced"
    settle(root, readers)
    assert len(log.read(root.received / "house.jsonl")) == 1


def test_a_line_that_a_kill_cut_off_in_the_first_layout_is_left_behind(root: Root, readers: Pool) -> None:
    first_layout(root)
    for path in (root.deliveries, root.decisions):
        with path.open("ab") as file:
            file.write(b'{"decided_at": "2026')
    settle(root, readers)
    assert len(receive.deliveries(root)) == 3
    assert storage.verify(root) == []


def test_a_damaged_line_of_the_first_layout_is_named(root: Root, readers: Pool) -> None:
    first_layout(root)
    lines = root.deliveries.read_text("utf-8").splitlines()
    root.deliveries.write_text("\n".join([lines[0], json.dumps({"x": 1}), *lines[1:], ""]), "utf-8")
    with pytest.raises(OperatorError, match=r"deliveries.jsonl, line 2 is damaged: restore"):
        settle(root, readers)


@SOME_OR_ALL
def test_killed_at_any_point_the_upgrade_goes_on(laid: Root, tmp_path: Path, readers: Pool, apart: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SKILLS_KEY", KEY.secret.hex())
        first = first_layout(Root(shutil.copytree(laid.path, tmp_path / "first" / "data")))
        whole = Root(shutil.copytree(first.path, tmp_path / "whole" / "data"))
        with pytest.MonkeyPatch.context() as counting:
            moves = killed_at(counting, 10_000)
            settle(whole, readers)
        for point in range(0, moves(), apart):
            root = Root(shutil.copytree(first.path, tmp_path / str(point) / "data"))
            with pytest.MonkeyPatch.context() as killing:
                killed_at(killing, point)
                with pytest.raises(Killed):
                    settle(root, readers)
            settle(root, readers)
            assert house.read(root) == house.of_key(KEY)
            assert stored.tree(root.decided, root.held) == stored.tree(whole.decided, whole.held), point
            assert {path.name: path.read_bytes() for path in root.received.glob("*.jsonl")} == {
                path.name: path.read_bytes() for path in whole.received.glob("*.jsonl")
            }, point
            assert storage.verify(root) == []
