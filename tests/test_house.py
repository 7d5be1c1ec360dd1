"""The laws of the house that no linter keeps."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGES = ("warehouse", "ingest", "expectations", "pages", "demo", "orchestration")
MODULES = sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [PROJECT / name for name in listing if (PROJECT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if path.name == "__init__.py" and not tree.body:
        return
    assert ast.get_docstring(tree), f"{path} has no docstring"


def test_no_shapeless_names() -> None:
    shapeless = [path for path in tracked() if FORBIDDEN_NAMES & {path.stem, *path.relative_to(PROJECT).parts}]
    assert not shapeless


def test_only_the_command_that_needs_it_imports_great_expectations() -> None:
    allowed = {"fields.py", "gx_duckdb.py", "compile.py", "audit.py", "checksums.py"}
    guilty = [
        path
        for path in MODULES
        if re.search(r"^\s*(import great_expectations|from great_expectations)", path.read_text("utf-8"), re.M)
        and path.name not in allowed
        and "rules" not in path.parts
    ]
    assert not guilty


def test_the_run_path_imports_neither_great_expectations_nor_pandas() -> None:
    code = (
        "import sys, orchestration.pipeline.run, orchestration.pipeline.check_file; "
        "heavy = {'great_expectations', 'pandas', 'dagster', 'dbt'}; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & heavy))"
    )
    python = PROJECT / ".venv" / "bin" / "python"
    done = subprocess.run([python, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    registry = re.compile(r"(python" r"hosted|//py" r"pi|npm" r"js|deb\.debian)\.")
    path = re.compile(r"(^|[^\w./~-])/(work|farm|root|home)/\w")
    guilty = []
    for file in tracked():
        if file.suffix in {".png", ".xlsx", ".xls", ".parquet"}:
            continue
        text = file.read_text("utf-8", errors="replace")
        if registry.search(text) or path.search(text):
            guilty.append(file)
    assert not guilty


def test_the_lock_has_hashes_and_no_addresses() -> None:
    lock = (PROJECT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    names = re.findall(r"^[a-z0-9].*==", lock, re.M)
    assert len(names) > 100
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", lock) if "==" in block)


def test_no_large_file_is_tracked() -> None:
    assert not [path for path in tracked() if path.stat().st_size > 1_048_576]
