"""`skills suites`: whoever knows Great Expectations finds every check, and nothing that was received."""

from __future__ import annotations

import html
import json
import subprocess
from pathlib import Path
from typing import Any

import great_expectations as gx
import pytest

from expectations import compiled, suite_export
from expectations.catalogue import plain
from pages.words import SEVERITIES
from warehouse.vocabulary import contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT

NAME = "training_record"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("suites") / "out"
    suite_export.write(contract.dataset(NAME), target)
    return target


@pytest.fixture(scope="module")
def stored(folder: Path) -> dict[str, Any]:
    suite: dict[str, Any] = json.loads((folder / f"{NAME}.json").read_text("utf-8"))
    return suite


def test_the_suite_holds_every_check_and_what_it_says(stored: dict[str, Any]) -> None:
    checks = compiled.of(NAME)
    facts = {expectation["meta"]["code"]: expectation for expectation in stored["expectations"]}
    assert facts.keys() == checks.keys()
    assert len(facts) == len(stored["expectations"])
    for code, check in checks.items():
        meta = facts[code]["meta"]
        said = (meta["severity"], meta["message"], meta["why"], meta["fix"], meta["basis"], tuple(meta["fields"]))
        assert said == (check.severity, check.message, check.why, check.fix, check.basis, check.fields)
        assert facts[code]["severity"] == check.severity
    across = {code for code, expectation in facts.items() if expectation["meta"]["scope"] == "across"}
    assert across == {check.code for check in compiled.load(compiled.ACROSS) if check.dataset == NAME}


def test_great_expectations_loads_the_suite(stored: dict[str, Any]) -> None:
    context = gx.get_context(mode="ephemeral")
    context.suites.add(gx.ExpectationSuite(**stored))
    loaded = context.suites.get(NAME)
    assert [expectation.meta["code"] for expectation in loaded.expectations] == [
        expectation["meta"]["code"] for expectation in stored["expectations"]
    ]


def test_the_docs_show_every_message_in_chinese(folder: Path) -> None:
    page = html.unescape((folder / "data_docs" / "expectations" / f"{NAME}.html").read_text("utf-8"))
    shown = [
        f"{check.code}（{SEVERITIES[check.severity]}）{plain(check.message)}" for check in compiled.of(NAME).values()
    ]
    assert [sentence for sentence in shown if sentence not in page] == []
    assert f"expectations/{NAME}.html" in (folder / "data_docs" / "index.html").read_text("utf-8")


def test_there_are_no_results_and_no_samples(folder: Path) -> None:
    assert not list((folder / "data_docs").glob("validations/**/*.html"))
    for file in [*folder.rglob("*.html"), *folder.glob("*.json")]:
        text = file.read_text("utf-8")
        assert "unexpected_list" not in text
        assert "unexpected_index_list" not in text
        assert "Sampled Unexpected Values" not in text


def test_a_folder_with_something_in_it_is_left_alone(folder: Path) -> None:
    with pytest.raises(OperatorError, match="is not empty"):
        suite_export.write(contract.dataset(NAME), folder)


def test_the_command_writes_one_dataset(tmp_path: Path) -> None:
    skills = str(PROJECT / ".venv" / "bin" / "skills")
    done = subprocess.run(
        [skills, "suites", "wage_guidance", str(tmp_path / "out")], capture_output=True, text=True, check=True
    )
    assert f"{len(compiled.of('wage_guidance'))} checks" in done.stdout
    assert (tmp_path / "out" / "wage_guidance.json").is_file()
    assert subprocess.run([skills, "suites", "nothing", str(tmp_path / "x")], capture_output=True).returncode != 0
