"""What a publication rests on, what was known at a moment, and both laid out as a data root."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ingest import receive
from tests.warehouse.decided import decide, deliver, submission
from warehouse.store import log, publication_basis, records, register, standing
from warehouse.store.data_root import Root
from warehouse.store.records import Confirmation
from warehouse.store.standing import History
from warehouse.vocabulary.errors import OperatorError

A, B = submission("a"), submission("b")


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 2, day, tzinfo=dt.UTC)


def told(day: int) -> str:
    return at(day).isoformat(timespec="seconds")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A on the first and B on the third; both decided as they came, A confirmed on the second."""
    data_root = Root(tmp_path / "data").make()
    for sent, day in ((A, 1), (B, 3)):
        deliver(data_root, sent, told(day))
        decide(data_root, sent)
    records.add(data_root, Confirmation(A.submission_id, "甲", "乙", told(2)))
    return data_root


def manifest(root: Root) -> dict[str, Any]:
    statuses = standing.statuses(
        History(receive.deliveries(root), standing.counting(register.decisions(root), "r1"), at(5).date())
    )
    return {"publication_id": "P", **publication_basis.manifest_facts(root, statuses)}


def names(basis: publication_basis.Basis) -> list[str]:
    return sorted(decision.folder_name for decision in basis.decisions)


def test_a_publication_rests_on_the_lines_and_decisions_of_its_time(root: Root) -> None:
    published = manifest(root)
    later = submission("c")
    deliver(root, later, told(5))
    decide(root, later)
    decide(root, A, rules="r2")
    records.add(root, Confirmation(B.submission_id, "甲", "乙", told(5)))
    then = publication_basis.of_publication(root, published)
    assert names(then) == [f"{A.submission_id}@r1", f"{B.submission_id}@r1"]
    assert {name: len(entries) for name, entries in then.logs.items()} == {
        "deliveries.jsonl": 2,
        "decisions.jsonl": 2,
        "confirmations.jsonl": 1,
    }


def test_a_log_that_was_changed_is_refused(root: Root) -> None:
    published = manifest(root)
    entries = log.read(root.deliveries)
    root.deliveries.unlink()
    root.deliveries.with_suffix(".head").unlink()
    log.append(root.deliveries, reversed(entries))
    with pytest.raises(OperatorError, match="no longer begins with the 2 lines on which P rests"):
        publication_basis.of_publication(root, published)


def test_a_decision_that_is_gone_is_named(root: Root) -> None:
    published = manifest(root) | {"decisions": [f"{A.submission_id}@r0"]}
    with pytest.raises(OperatorError, match=f"1 decisions on which P rests are gone .*{A.submission_id}@r0"):
        publication_basis.of_publication(root, published)


def test_a_manifest_of_before_is_one_sentence(root: Root) -> None:
    with pytest.raises(OperatorError, match="cannot be made again"):
        publication_basis.of_publication(root, {"publication_id": "P"})


@pytest.mark.parametrize(("day", "deliveries", "confirmations"), [(1, 1, 0), (2, 1, 1), (3, 2, 1)])
def test_known_is_what_came_by_then(root: Root, day: int, deliveries: int, confirmations: int) -> None:
    then = publication_basis.known_at(root, at(day))
    assert len(then.logs["deliveries.jsonl"]) == deliveries
    assert len(then.logs["confirmations.jsonl"]) == confirmations


def test_a_damaged_line_is_one_sentence(root: Root) -> None:
    with root.deliveries.open("ab") as file:
        file.write(b"no json\n")
    with pytest.raises(OperatorError, match="line 3 is damaged"):
        publication_basis.known_at(root, at(3))


def test_a_decision_counts_from_the_moment_it_was_made(root: Root) -> None:
    for rules, day in (("r0", 4), ("r2", 6)):
        decide(root, A, rules, at(day))
    for day, rules in ((3, "r1"), (4, "r0"), (5, "r0"), (6, "r2")):
        assert names(publication_basis.known_at(root, at(day))) == [
            f"{A.submission_id}@{rules}",
            f"{B.submission_id}@r1",
        ]


def test_laid_out_it_is_a_root_of_its_own(root: Root) -> None:
    laid = publication_basis.lay_root(root, publication_basis.of_publication(root, manifest(root)), root.work / "then")
    decide(root, submission("c"))
    assert {path.name for path in (laid.decided / "training_class").iterdir()} == {
        f"{submission.submission_id}@r1" for submission in (A, B)
    }
    assert register.decisions(laid).keys() == {A.submission_id, B.submission_id}
    assert records.version(laid) == records.version(root)
    assert laid.deliveries.read_bytes() == root.deliveries.read_bytes()
    assert laid.held.resolve() == root.held.resolve()
