"""`skills check` asks the class list of a data root, where there is one, and changes nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pool import Pool
from orchestration.pipeline import class_list, deciding
from orchestration.pipeline.check_file import checked_file
from tests.expectations.test_expectations_cross_submission import CLASS
from tests.ingest.files import HEADERS, ROW, delimited
from tests.orchestration import stored
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract

KNOWN = "SZ-CAB-0001"


def class_file() -> bytes:
    row = dict(CLASS) | {"class_id": KNOWN, "start_date": "2026-01-05", "end_date": "2026-01-09"}
    fields = contract.dataset("training_class").fields
    return delimited([[field.title for field in fields], [str(row.get(field.name) or "") for field in fields]])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, readers: Pool) -> Root:
    """A root in which a class list is decided."""
    root = Root(tmp_path_factory.mktemp("classes") / "data").make()
    file = root.inbox / "CAB" / "training_class_2026-01.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(class_file())
    file.with_name(f"{file.name}.done").touch()
    run = stored.prepared(root, readers)
    run.open()
    try:
        deciding.pull(run)
        deciding.decide(run, "training_class", deciding.to_decide(run, "training_class"))
    finally:
        run.close()
    return root


def record(tmp_path: Path, class_id: str, completed_on: str) -> Path:
    headers = [*HEADERS, "结业时间"]
    row = [class_id if header == "班级编号" else cell for header, cell in zip(HEADERS, ROW, strict=True)]
    file = tmp_path / "x.csv"
    file.write_bytes(delimited([headers, [*row, completed_on]]))
    return file


def everything(root: Root) -> dict[Path, tuple[int, int]]:
    return {
        path: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(root.path.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize(
    ("class_id", "completed_on", "told"),
    [
        (KNOWN, "2026-01-09", []),
        ("SZ-CAB-0002", "2026-01-09", [("CL901", 2, "SZ-CAB-0002")]),
        (KNOWN, "2026-01-02", [("TR903", 2, "2026-01-02")]),
    ],
)
def test_the_class_list_of_a_root_is_asked(
    root: Root, readers: Pool, tmp_path: Path, class_id: str, completed_on: str, told: list[tuple[str, int, str]]
) -> None:
    before = everything(root)
    file = record(tmp_path, class_id, completed_on)
    decision, findings = checked_file(file, "training_record", "CAB", "2026-01", readers, root)
    codes = {check.code for check in class_list.checks("training_record")}
    assert [(row["rule"], row["row"], row["value"]) for row in findings.to_pylist() if row["rule"] in codes] == told
    assert decision.outcome == "accepted"
    assert decision.key_id is None
    assert not codes & {skipped.rule for skipped in decision.checks_not_run}
    assert "TR902" in {skipped.rule for skipped in decision.checks_not_run}
    assert everything(root) == before


@pytest.mark.parametrize("where", ["no root", "nothing there", "no list"])
def test_without_a_list_nothing_is_asked_and_nothing_is_made(
    readers: Pool, laid: Root, tmp_path: Path, where: str
) -> None:
    root = {"no root": None, "nothing there": Root(tmp_path / "nowhere"), "no list": laid}[where]
    file = record(tmp_path, "SZ-CAB-0002", "2026-01-02")
    decision, findings = checked_file(file, "training_record", "CAB", "2026-01", readers, root)
    assert {"CL901", "TR903"} <= {skipped.rule for skipped in decision.checks_not_run}
    assert not {"CL901", "TR903"} & set(findings["rule"].to_pylist())
    assert not (tmp_path / "nowhere").exists()
