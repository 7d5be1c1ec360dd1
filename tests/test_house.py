"""The laws of the house that no linter keeps."""

from __future__ import annotations

import ast
import csv
import functools
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGES = ("warehouse", "ingest", "expectations", "pages", "demo", "orchestration")
MODULES = sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}

SAYS_NOTHING = {"one", "own", "found", "made", "this", "given"}
"""Names that say nothing of what they hold: the noun stands in their place."""
NAMES_RULES = ("expectations/", "demo/", "tests/")
NAMES_RULES_STILL = {
    "dbt_project/models/intermediate/targets/int_target_standing.sql",  # AS901 decides whether a total stands
}
NAMES_TARGETS = ("dbt_project/", "demo/", "expectations/rules/", "expectations/compiled/", "tests/")
NAMES_TARGETS_STILL = {
    "pages/render/templates/dashboard/outcomes.js",  # T02 in a sentence on the page
    "pages/render/templates/bureau.html",  # T01 in the legend
}
"""Where a rule's code or a target's id may stand as text, and which files name one although they should not."""
_COMMENTS = {
    ".sql": r"--[^\n]*|{#.*?#}",
    ".js": r"/\*.*?\*/|(?<!:)//[^\n]*",
    ".html": r"<!--.*?-->|{#.*?#}",
}


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


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every variable, attribute, parameter, comprehension target, function and class; no imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler):
            yield node.lineno, node.name or ""


def test_bound_names_are_seen_wherever_they_are_bound() -> None:
    code = """
class Thing:
    own: int = 0
def given(this, *, one=1):
    found = [made for made in this]
    self.own = lambda one: one
    for one, (own, other) in found: ...
    with open() as made: ...
    if (found := other): ...
"""
    seen = Counter(name for _, name in bound_names(ast.parse(code)))
    assert {name: seen[name] for name in SAYS_NOTHING} == {
        "one": 3,
        "own": 3,
        "found": 2,
        "made": 2,
        "this": 1,
        "given": 1,
    }
    assert not list(bound_names(ast.parse("from hypothesis import given")))


def modules(rooms: Iterable[str]) -> list[Path]:
    return [path for room in rooms for path in sorted((PROJECT / room).rglob("*.py"))]


def test_names_are_nouns_of_the_field() -> None:
    paths = modules((*PACKAGES, "tests"))
    assert len(paths) > 150
    guilty = [
        f"{path.relative_to(PROJECT)}:{line}: {name}"
        for path in paths
        for line, name in bound_names(ast.parse(path.read_text("utf-8")))
        if name in SAYS_NOTHING
    ]
    assert not guilty


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return len(function.args.posonlyargs) + len(function.args.args) + len(function.args.kwonlyargs)


def test_no_function_takes_eight_facts_apart() -> None:
    guilty = [
        f"{path.relative_to(PROJECT)}:{node.lineno}: {node.name}"
        for path in modules(PACKAGES)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > 7
    ]
    assert not guilty


def test_no_line_holds_a_comprehension_inside_a_comprehension() -> None:
    comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    guilty = [
        f"{path.relative_to(PROJECT)}:{outer.lineno}"
        for path in modules(PACKAGES)
        for outer in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(outer, comprehension) and outer.lineno == outer.end_lineno
        if any(isinstance(inner, comprehension) and inner is not outer for inner in ast.walk(outer))
    ]
    assert not guilty


@functools.cache
def literals(path: Path) -> str:
    """What stands as text in a file: a module's strings without docstrings, else the file without its comments."""
    content = path.read_text("utf-8")
    if path.suffix != ".py":
        return re.sub(_COMMENTS[path.suffix], "", content, flags=re.S)
    tree = ast.parse(content)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return "\n".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    )


def naming(words: set[str]) -> set[str]:
    """The tracked modules, queries, scripts and templates in which one of the words stands as text."""
    pattern = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(sorted(words))})(?![A-Za-z0-9])")
    files = [path for path in tracked() if path.suffix in {".py", *_COMMENTS}]
    return {str(path.relative_to(PROJECT)) for path in files if pattern.search(literals(path))}


def outside(paths: set[str], rooms: tuple[str, ...]) -> set[str]:
    return {path for path in paths if not path.startswith(rooms)}


def test_rule_codes_are_named_only_where_rules_are_known() -> None:
    compiled = (PROJECT / "expectations" / "compiled").glob("*.sql")
    codes = {code for path in compiled for code in re.findall(r'"code": "([A-Z]{2}[0-9]{3})"', path.read_text("utf-8"))}
    assert len(codes) > 100
    assert outside(naming(codes), NAMES_RULES) == NAMES_RULES_STILL


def test_target_ids_are_named_only_where_targets_are_defined() -> None:
    with (PROJECT / "warehouse" / "reference" / "targets.csv").open(encoding="utf-8", newline="") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    assert {"T01", "T19", "S01"} <= ids
    assert outside(naming(ids), NAMES_TARGETS) == NAMES_TARGETS_STILL


CLOCK = "warehouse/vocabulary/clock.py"
_CLOCK_CALLS = {"today", "now", "utcnow", "localtime", "gmtime", "ctime", "time_ns"}
_CLOCK_IN_SQL = r"\b(current_date|current_timestamp|localtimestamp|(now|today|get_current_timestamp)\(\))"


def clock_calls(tree: ast.AST) -> Iterator[int]:
    """Lines that ask the machine's own clock: date.today(), datetime.now(), time.time() and their like. `records.now`
    asks the house's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked, of = node.func.attr, ast.unparse(node.func.value)
            if of not in ("clock", "records") and (asked in _CLOCK_CALLS or (of, asked) == ("time", "time")):
                yield node.lineno


def test_a_call_of_the_clock_is_seen() -> None:
    code = "import time, datetime as dt\ndt.date.today()\ndt.datetime.now(dt.UTC)\ntime.time()\nclock.now()\nrun.time()"
    assert list(clock_calls(ast.parse(code))) == [2, 3, 4]


def test_only_the_clock_asks_the_time() -> None:
    guilty = [
        f"{path.relative_to(PROJECT)}:{line}"
        for path in modules(PACKAGES)
        for line in clock_calls(ast.parse(path.read_text("utf-8")))
        if str(path.relative_to(PROJECT)) != CLOCK
    ]
    sources = [*(PROJECT / "dbt_project").rglob("*.sql"), *(PROJECT / "expectations").rglob("*.sql")]
    guilty += [str(path) for path in sources if "target" not in path.parts and re.search(_CLOCK_IN_SQL, literals(path))]
    guilty += [
        str(path) for path in (PROJECT / "pages").rglob("*.js") if re.search(r"new Date\(\)|Date\.now", literals(path))
    ]
    assert not guilty


def test_only_the_clock_names_the_zone() -> None:
    zone = re.compile(r"Asia/(Shanghai|Chongqing|Hong_Kong)|timedelta\(hours=8\)|ZoneInfo\(")
    assert {str(path.relative_to(PROJECT)) for path in modules(PACKAGES) if zone.search(path.read_text("utf-8"))} == {
        CLOCK
    }


def test_only_the_command_that_needs_it_imports_great_expectations() -> None:
    allowed = {"fields.py", "gx_duckdb.py", "compile.py", "audit.py", "check_digits.py", "suite_export.py"}
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
        "heavy = {'great_expectations', 'pandas', 'dagster', 'dbt', 'httpx', 'prometheus_client'}; "
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


@pytest.mark.parametrize(
    ("name", "least"), [("requirements.lock", 100), ("requirements-tools.lock", 40), ("requirements-bench.lock", 30)]
)
def test_the_locks_have_hashes_and_no_addresses(name: str, least: int) -> None:
    lock = (PROJECT / name).read_text("utf-8")
    assert "://" not in lock
    names = re.findall(r"^[a-z0-9].*==", lock, re.M)
    assert len(names) > least
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", lock) if "==" in block)


def test_make_test_makes_the_tools_that_tests_call() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    assert re.search(r"^test:.*\btools\b", makefile, re.M)
    assert ".venv-tools/" in (PROJECT / ".gitignore").read_text("utf-8").splitlines()


def test_no_large_file_is_tracked() -> None:
    assert not [path for path in tracked() if path.stat().st_size > 1_048_576]
