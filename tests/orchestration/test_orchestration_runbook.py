"""The runbook tells every sentence with which settings, doctor, pruning, backups, upgrades and keys can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_house import PROJECT

MODULES = (
    "warehouse/vocabulary/secret.py",
    "warehouse/vocabulary/typed_file.py",
    "warehouse/store/house.py",
    "warehouse/store/keys.py",
    "warehouse/store/lock.py",
    "warehouse/store/backup.py",
    "orchestration/pipeline/backing_up.py",
    "orchestration/pipeline/doctor.py",
    "orchestration/pipeline/renewal.py",
    "orchestration/pipeline/storage.py",
)
ERRORS = {"OperatorError", "Busy", "Damaged"}
TOLD = re.sub(r"\s+", " ", (PROJECT / "docs" / "operating.md").read_text("utf-8"))


def sentences(path: Path) -> Iterator[str]:
    """What is raised, or yielded as a complaint, with … for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            if isinstance(node.exc.func, ast.Name) and node.exc.func.id in ERRORS:
                yield from _text(node.exc.args[0])
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield from _text(node.value)


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def is_told(sentence: str) -> bool:
    """Whether the runbook has each part of what is wrong that nothing is filled into; remedies are its own."""
    wrong = re.sub("^(…: )+", "", sentence).partition(": ")[0]
    parts = [part.strip(" .(),") for part in wrong.split("…")]
    return any(parts) and all(part in TOLD for part in parts)


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_is_in_the_runbook(module: str) -> None:
    said = [sentence for sentence in sentences(PROJECT / module) if len(sentence) > 20]
    assert said
    assert [sentence for sentence in said if not is_told(sentence)] == []
