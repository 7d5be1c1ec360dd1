"""Who may release what is held back or bring a signal further, and the sentence for who may not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from orchestration.cli import terminal
from orchestration.pipeline import sign_off, supervision
from tests.warehouse.published import A, publish, row
from warehouse.published import publication
from warehouse.store import held_back, house, records
from warehouse.store.data_root import Root
from warehouse.store.held_back import Failure, HoldBack
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.signal import State


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A publication that holds one row of A back."""
    data_root = Root(tmp_path / "data").make()
    held_back.write(
        data_root,
        HoldBack(
            (Failure(A, "codes_are_listed", "occupation_code", 4, 5),),
            before={"T09|main|2026": "3"},
            after={"T09|main|2026": "2"},
        ),
    )
    publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1})
    return data_root


def test_what_is_held_back_is_released_with_a_name_and_a_reason(root: Root) -> None:
    before = records.version(root)
    sign_off.release(root, A, " 张三 ", " 已电话核实 ")
    [release] = records.read(root, records.Release)
    assert (release.submission_id, release.released_by, release.reason) == (A, "张三", "已电话核实")
    assert records.version(root) != before  # so that the next run builds


@pytest.mark.parametrize(
    ("submission_id", "by", "reason", "said"),
    [
        ("other", "张三", "x", f"other is not held back in .*: it holds back {A}"),
        (A, "张三", " ", "needs a reason"),
        (A, " ", "x", "releaser needs a name"),
    ],
)
def test_what_cannot_be_released_is_one_sentence(
    root: Root, submission_id: str, by: str, reason: str, said: str
) -> None:
    with pytest.raises(OperatorError, match=said):
        sign_off.release(root, submission_id, by, reason)
    assert records.read(root, records.Release) == []


def test_without_anything_held_back_there_is_nothing_to_release(tmp_path: Path) -> None:
    data_root = Root(tmp_path / "data").make()
    with pytest.raises(OperatorError, match="Nothing has been published yet"):
        sign_off.release(data_root, A, "张三", "x")
    published = publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1})
    with pytest.raises(OperatorError, match="it holds nothing back"):
        sign_off.release(data_root, A, "张三", "x")
    assert terminal.held_back(published) == []


def test_the_command_line_tells_row_field_test_and_figures(root: Root) -> None:
    assert terminal.held_back(publication.open_current(root)) == [
        f"暂缓入库，市局处理中：{A}（None）第 5 行，occupation_code，codes_are_listed",
        "  T09 主口径 2026年度：计入为 3，发布为 2",
    ]


_SIGNALS = """
create table marts.rpt_risk_signal as
select * from (values
    ('R19-aaaaaaaaaaaa', 'R19', '班额', 'C1', '甲班', 61, 500, 'new', false, 'X1', '名单61人。', 'one', 2),
    ('R27-bbbbbbbbbbbb', 'R27', '培考分离', 'C2', null, 3, 900, 'new', true, null, '同一机构。', 'one', 1)
) as signal (signal_id, rule_code, rule_name, subject_key, subject_name, row_count, amount_fen, state_code,
    is_reopened, case_ids, reason, facts_digest, money_rank);
"""


@pytest.fixture
def supervised(tmp_path: Path) -> Root:
    data_root = Root(tmp_path / "data").make()
    publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1}, extra=_SIGNALS)
    return data_root


def test_a_signal_is_looked_into_step_by_step(supervised: Root) -> None:
    before = records.version(supervised)
    supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "checking", " 张三 ", "")
    supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "cleared", "张三", " 名单经核实无误 ")
    steps = records.read(supervised, records.SignalStep)
    assert [(step.state, step.decided_by, step.reason, step.facts_digest) for step in steps] == [
        ("checking", "张三", "", "one"),
        ("cleared", "张三", "名单经核实无误", "one"),
    ]
    assert records.version(supervised) != before  # so that the next run builds


def test_a_cleared_signal_is_new_again_once_its_facts_are_others(supervised: Root) -> None:
    supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "cleared", "张三", "名单经核实无误")
    with pytest.raises(OperatorError, match="is cleared: next may be checking"):
        supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "confirmed", "张三", "")
    changed = _SIGNALS.replace("'名单61人。', 'one'", "'名单62人。', 'two'")
    publish(
        supervised,
        [row("T09", A, 1)],
        {("T09", "behind"): 2},
        extra=changed,
        now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
    )
    step = supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "confirmed", "张三", "")
    assert (step.state, step.facts_digest) == ("confirmed", "two")


@pytest.mark.parametrize(
    ("signal_id", "state", "by", "reason", "said"),
    [
        ("R19-000000000000", "checking", "张三", "", "has no signal R19-000000000000"),
        ("R19-aaaaaaaaaaaa", "recovered", "张三", "", "is new: next may be checking, confirmed, cleared"),
        ("R19-aaaaaaaaaaaa", "cleared", "张三", " ", "cleared with a reason only"),
        ("R19-aaaaaaaaaaaa", "checking", " ", "", "decider needs a name"),
    ],
)
def test_a_step_that_cannot_be_taken_is_one_sentence(
    supervised: Root, signal_id: str, state: State, by: str, reason: str, said: str
) -> None:
    with pytest.raises(OperatorError, match=said):
        supervision.signal_step(supervised, signal_id, state, by, reason)
    assert records.read(supervised, records.SignalStep) == []


def test_no_step_is_taken_on_ids_of_a_former_key(supervised: Root) -> None:
    """The next run gives the signal another id, and the step would be lost."""
    house.write(supervised, house.House("k", "sha256"))
    supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "checking", "张三", "")
    house.write(supervised, house.House("another", "sha256"))
    with pytest.raises(OperatorError, match=r"The key is another since .*: call skills run first"):
        supervision.signal_step(supervised, "R19-aaaaaaaaaaaa", "cleared", "张三", "名单经核实无误")
    assert [step.state for step in records.read(supervised, records.SignalStep)] == ["checking"]


def test_signals_are_shown_by_money_and_by_state(supervised: Root) -> None:
    current = publication.open_current(supervised)
    table = terminal.signals(current, None)
    assert list(table.columns[0].cells) == ["R27-bbbbbbbbbbbb", "R19-aaaaaaaaaaaa"]
    assert list(table.columns[5].cells) == ["新发现（曾排除，事实有变）", "新发现"]
    assert terminal.signals(current, "checking").row_count == 0


def test_a_unit_signs_its_back_files_and_may_open_them_again(tmp_path: Path) -> None:
    data_root = Root(tmp_path / "data").make()
    before = records.version(data_root)
    sign_off.sign_back_files(data_root, "CAB", "training_record", " 张三 ", "李四")
    assert records.version(data_root) != before
    signed = records.back_files_complete(records.read(data_root, records.BackFilesSigned))
    assert set(signed) == {("CAB", "training_record")}
    with pytest.raises(OperatorError, match="complete already"):
        sign_off.sign_back_files(data_root, "CAB", "training_record", "张三", "李四")
    sign_off.sign_back_files(data_root, "CAB", "training_record", "张三", "李四", "漏报3月")
    assert records.back_files_complete(records.read(data_root, records.BackFilesSigned)) == {}
    with pytest.raises(OperatorError, match="not signed as complete"):
        sign_off.sign_back_files(data_root, "CAB", "training_record", "张三", "李四", "漏报3月")


@pytest.mark.parametrize(
    ("unit", "dataset", "preparer", "reviewer", "reason", "said"),
    [
        ("CAB", "training_record", "张三", " 张三", None, "one person"),
        ("CAB", "training_record", " ", "李四", None, "preparer needs a name"),
        ("CAB", "training_record", "张三", "李四", " ", "needs a reason"),
        ("CAB", "aggregate_summary", "张三", "李四", None, "declares the opening balance"),
        ("CAB", "wage_guidance", "张三", "李四", None, "does not report wage_guidance"),
        ("CAB.440305", "training_record", "张三", "李四", None, "no unit CAB.440305"),
    ],
)
def test_what_back_files_cannot_be_signed_is_one_sentence(
    tmp_path: Path, unit: str, dataset: str, preparer: str, reviewer: str, reason: str | None, said: str
) -> None:
    data_root = Root(tmp_path / "data").make()
    with pytest.raises(OperatorError, match=said):
        sign_off.sign_back_files(data_root, unit, dataset, preparer, reviewer, reason)
    assert records.read(data_root, records.BackFilesSigned) == []


BALANCES = """
create table marts.rpt_opening_balance (target_id varchar, reading varchar, period varchar, unit_code varchar,
    declared decimal(18, 4), covered bigint);
insert into marts.rpt_opening_balance values ('T01', 'main', '2025-2027', 'JUS', 7, 0),
    ('T01', 'main', '2025-2027', 'CAB', 9, 2), ('T05', 'main', '2025', 'VET', 9, null);
"""


def test_the_bureau_recognises_what_a_unit_without_rows_declared(tmp_path: Path) -> None:
    data_root = Root(tmp_path / "data").make()
    publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1}, extra=BALANCES)
    recognised = sign_off.recognise_balance(data_root, "JUS", "T01", " 深人社函〔2026〕1号 ", "王五")
    assert (recognised.declared, recognised.document) == ("7.0000", "深人社函〔2026〕1号")
    told = records.balances_recognised(records.read(data_root, records.BalanceRecognised))
    assert set(told) == {("JUS", "T01")}


@pytest.mark.parametrize(
    ("unit", "target", "document", "by", "said"),
    [
        ("CAB", "T01", "x", "王五", "CAB reports rows of T01"),
        ("VET", "T05", "x", "王五", "VET reports rows of T05"),
        ("JUS", "T02", "x", "王五", "JUS has declared no opening balance of T02"),
        ("JUS", "T01", " ", "王五", "say its number"),
        ("JUS", "T01", "x", " ", "needs a name"),
    ],
)
def test_what_balance_cannot_be_recognised_is_one_sentence(
    tmp_path: Path, unit: str, target: str, document: str, by: str, said: str
) -> None:
    data_root = Root(tmp_path / "data").make()
    publish(data_root, [row("T09", A, 1)], {("T09", "behind"): 1}, extra=BALANCES)
    with pytest.raises(OperatorError, match=said):
        sign_off.recognise_balance(data_root, unit, target, document, by)
    assert records.read(data_root, records.BalanceRecognised) == []


def test_an_older_publication_reconciles_no_balances(root: Root) -> None:
    with pytest.raises(OperatorError, match="published before balances were reconciled"):
        sign_off.recognise_balance(root, "JUS", "T01", "x", "王五")
