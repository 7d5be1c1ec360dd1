"""A badly written rule is reported with the line of its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from expectations import rule as registry
from tests.expectations.lint_rules import Complaint, lint, statement

FACTS = """
rule(
    code="TC777",
    dataset="training_class",
    severity="warning",
    fields=("class_id",),
    message="有误。",
    why="要数得准。",
    fix="请改。",
    basis="常识",
    passes=[{{}}],
    fails=[{{}}],
    {bad_rows},
)
"""
WELL = (
    '''bad_rows_where="""
        class_id is null
        and org_name is null
    """''',
    '''bad_rows="""
        select submission_id, row_index
        from {batch}
        where class_id is null
    """''',
)
BADLY = (
    (
        '''bad_rows_where="""
        class_id is null
        AND org_name is null
    """''',
        15,
        "CP01",
    ),
    (
        '''bad_rows="""
        select submission_id, row_index
        from {batch}
          where class_id is null
    """''',
        16,
        "LT02",
    ),
)


def complaints(folder: Path, monkeypatch: pytest.MonkeyPatch, bad_rows: str) -> list[Complaint]:
    file = folder / "TC777_never.py"
    file.write_text(FACTS.format(bad_rows=bad_rows), "utf-8")
    registered: dict[str, Any] = {}
    monkeypatch.setattr(registry, "_registry", registered)
    exec(compile(file.read_text("utf-8"), str(file), "exec"), {"rule": registry.rule})
    stated = statement(registered["TC777"])
    assert stated is not None
    return list(lint([stated]))


@pytest.mark.parametrize("bad_rows", WELL)
def test_a_well_written_rule_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad_rows: str) -> None:
    assert complaints(tmp_path, monkeypatch, bad_rows) == []


@pytest.mark.parametrize(("bad_rows", "line", "code"), BADLY)
def test_a_badly_written_rule_is_reported_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad_rows: str, line: int, code: str
) -> None:
    reported = complaints(tmp_path, monkeypatch, bad_rows)
    assert [(complaint.path.name, complaint.line, complaint.code) for complaint in reported] == [
        ("TC777_never.py", line, code)
    ]
    assert str(reported[0]).startswith(f"{tmp_path / 'TC777_never.py'}:{line}: {code} ")


def test_a_native_rule_has_no_sql() -> None:
    native = next(rule for rule in registry.rules() if rule.code == "TC001")
    assert statement(native) is None
