"""What the command line says to people: one sentence, the right exit code, never a traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.harness import AS_OF, SKILLS, Skills
from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

Complaint = Callable[..., str]
KEYS = {"outcome", "dataset", "department", "period", "file", "rows", "columns", "findings", "checks", "versions"}


def test_an_empty_inbox_is_one_sentence(tmp_path: Path, complaint: Complaint) -> None:
    assert "is empty" in complaint(Skills(Root(tmp_path / "data")), "run", code=2)


def test_an_unwritable_root_is_one_sentence(tmp_path: Path, complaint: Complaint) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be written" in complaint(Skills(Root(tmp_path / "file" / "data")), "run", code=2)


def test_a_missing_key_is_one_sentence(demo: Root, tmp_path: Path, complaint: Complaint) -> None:
    root = Root(tmp_path / "data").make()
    (root.inbox / "CAB").mkdir()
    (root.inbox / "CAB" / "training_class_2026-01.csv").write_text("班级编号\nA-1\n", "utf-8")
    assert "no key" in complaint(Skills(root), "run", code=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--as-of", "yesterday"), "not a date"),
        (("run", "--period", "2026-13-1"), "not a period"),
        (("run", "--department", "XYZ"), "no department XYZ"),
        (("demo", "--months", "2026-10:2025-11"), "is not a span of months"),
        (("demo", "--scale", "0"), "scale"),
    ],
)
def test_bad_words_are_usage_errors(words: tuple[str, ...], said: str, tmp_path: Path, complaint: Complaint) -> None:
    assert said in complaint(Skills(Root(tmp_path / "data")), *words, code=2)


def test_the_demo_never_overwrites_an_inbox(skills: Skills, complaint: Complaint) -> None:
    assert "not empty" in complaint(skills, "demo", code=2)


def test_a_second_run_at_once_says_who_holds_the_root(after_run: Skills, complaint: Complaint) -> None:
    first = after_run.start("run", "--as-of", "2026-03-01")
    try:
        while first.poll() is None and not lock.holder_file(after_run.root, "build").exists():
            time.sleep(0.05)
        first.send_signal(signal.SIGSTOP)  # it builds another day in 9 s, as many as a second one needs to begin here
        assert f"process {first.pid}" in complaint(after_run, "run", code=3)
    finally:
        first.send_signal(signal.SIGCONT)
        first.wait()
    assert first.returncode == 0


def test_nothing_new_publishes_nothing(skills: Skills) -> None:
    before = skills.root.current.resolve()
    said = skills("run", "--as-of", AS_OF)
    assert said.stdout.startswith("没有新的报送，发布内容不变。Nothing new")
    assert len(said.stdout.splitlines()) == 1
    assert skills.root.current.resolve() == before


def test_the_closing_table_names_every_department(skills: Skills) -> None:
    said = skills("status").stdout
    for code in reference.codes("department"):
        assert code in said


def test_targets_names_all_of_the_plan(skills: Skills) -> None:
    said = skills("targets", "--all").stdout
    for row in reference.table("targets"):
        assert row["id"] in said


def test_check_writes_exactly_the_json_of_the_design(skills: Skills, tmp_path: Path) -> None:
    file = tmp_path / "training_class_2026-01.csv"
    file.write_text(
        "班级编号,班级名称,培训机构统一社会信用代码,培训机构名称,培训类型,职业(工种)名称,培训方式,开班日期,结业日期,"
        "计划课时,开班区,资金来源,主管部门,所属科室\n"
        "SZ-1,养老护理员第1期,91350100M000100Y43,某校,02,养老护理员,1,2026-01-05,2026-01-02,40,440305,01,CAB,就业科\n",
        "utf-8",
    )
    empty = Skills(Root(tmp_path / "nowhere"))
    out = tmp_path / "out.json"
    done = empty(
        "check",
        str(file),
        "--dataset",
        "training_class",
        "--department",
        "CAB",
        "--period",
        "2026-01",
        "--json",
        str(out),
        check=False,
    )
    result = json.loads(out.read_text("utf-8"))
    assert set(result) == KEYS
    assert set(result["file"]) == {"name", "sha256", "bytes", "kind", "encoding", "sheets"}
    assert set(result["columns"]) == {"mapped", "ignored", "missing"}
    assert result["columns"]["ignored"] == ["所属科室"]
    assert result["rows"] == {"received": 1, "accepted": 0, "held": 1}
    assert result["outcome"] == "rejected"
    assert done.returncode == 1
    finding = next(finding for finding in result["findings"] if finding["rule"] == "TC001")
    assert set(finding) == {"rule", "severity", "field", "sheet", "row", "cell", "value", "expected", "message", "fix"}
    assert finding["row"] == 2
    assert not empty.root.path.exists()


def test_check_and_the_pipeline_agree(skills: Skills, tmp_path: Path) -> None:
    for decision in sorted(skills.root.decided.glob("training_record/*/decision.json"))[:40:8]:
        told = json.loads(decision.read_text("utf-8"))
        submission, stored = told["submission"], told["rows"]
        name = Path(told["reading"]["file"]["name"]).name
        copied = tmp_path / name
        folder = decision.parent.name.rpartition("@")[0]
        copied.write_bytes((skills.root.received / folder / "content").read_bytes())
        out = tmp_path / "out.json"
        skills(
            "check",
            str(copied),
            "--dataset",
            submission["dataset"],
            "--department",
            submission["department"],
            "--period",
            submission["period"],
            "--json",
            str(out),
            check=False,
        )
        result = json.loads(out.read_text("utf-8"))
        assert stored.pop("withdrawn") == 0  # the JSON names withdrawn rows only where there are any
        assert (result["outcome"], result["rows"]) == (told["outcome"], stored)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--dataset", "nonsense", "--department", "CAB", "--period", "2026-01"), "no dataset nonsense"),
        (("--dataset", "training_class", "--department", "XYZ", "--period", "2026-01"), "no department XYZ"),
        (("--dataset", "wage_guidance", "--department", "CAB", "--period", "2026"), "CAB"),
        (("--dataset", "training_class", "--department", "CAB", "--period", "2026-Q2"), "2026-Q2"),
    ],
)
def test_check_refuses_what_no_feed_owes(
    words: tuple[str, ...], said: str, tmp_path: Path, complaint: Complaint
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    assert said in complaint(Skills(Root(tmp_path / "data")), "check", str(file), *words, code=2)


def test_an_unreadable_file_is_an_outcome(tmp_path: Path) -> None:
    file = tmp_path / "training_class_2026-01.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    out = tmp_path / "out.json"
    done = Skills(Root(tmp_path / "data"))(
        "check",
        str(file),
        "--dataset",
        "training_class",
        "--department",
        "CAB",
        "--period",
        "2026-01",
        "--json",
        str(out),
        check=False,
    )
    result = json.loads(out.read_text("utf-8"))
    assert done.returncode == 1
    assert result["outcome"] == "unreadable"
    assert result["rows"] == {"received": 0, "accepted": 0, "held": 0}
    assert [finding["row"] for finding in result["findings"]] == [None]


ENGINES = {"duckdb", "numpy", "pyarrow", "pydantic"}
HEAVY = {
    *("dagster", "dagster_dbt", "dbt", "great_expectations", "jinja2", "lxml", "openpyxl", "pandas", "sqlalchemy"),
    *("xlrd", "xlsxwriter", "xlwt"),
}
CHECKED = ("--dataset", "training_record", "--department", "CAB", "--period", "2026-01")


@pytest.mark.parametrize(
    ("words", "kept_out"),
    [
        (("--help",), HEAVY | ENGINES),
        (("check", "--help"), HEAVY | ENGINES),
        (("status",), HEAVY),
        (("targets",), HEAVY),
        (("check", "FILE", *CHECKED), HEAVY),
        (("template", "training_record", "OUT.xlsx"), HEAVY - {"xlsxwriter"}),
        (("run", "--as-of", AS_OF), HEAVY - {"jinja2", "xlsxwriter"}),
    ],
    ids=["help", "help of a command", "status", "targets", "check", "template", "run with nothing new"],
)
def test_a_command_imports_what_it_needs(
    skills: Skills, tmp_path: Path, words: tuple[str, ...], kept_out: set[str]
) -> None:
    file = next((skills.root.inbox / "CAB").glob("培训人次实名制明细_2026年1月.*"))
    places = {"FILE": str(file), "OUT.xlsx": str(tmp_path / "out.xlsx")}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", SKILLS, *(places.get(word, word) for word in words)],
        env=skills.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    modules = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    imported = {name.partition(".")[0] for name in modules if "." in name}  # one that was refused is told without parts
    assert "click" in imported
    assert not imported & kept_out
