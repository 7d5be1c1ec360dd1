"""The compiled checks as a git revision of the project has them, and one sentence where there are none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from expectations import compiled
from orchestration.pipeline import rules_revision
from warehouse.vocabulary.errors import OperatorError

CHECKS = compiled.load("wage_guidance")


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder of a repository, whose last commit knows one check fewer than the one before."""
    folder_of_project = tmp_path / "repository" / "project"
    folder = folder_of_project / "expectations" / "compiled"
    folder.mkdir(parents=True)
    git(folder_of_project, "init", "--quiet", "..")
    for text in ("", compiled.render(CHECKS), compiled.render(CHECKS[1:])):
        (folder / "wage_guidance.sql").write_text(text, "utf-8")
        git(folder_of_project, "add", ".")
        git(folder_of_project, "commit", "--quiet", "-m", "x")
    monkeypatch.setattr(rules_revision, "PROJECT", folder_of_project)
    monkeypatch.setattr(compiled, "FOLDER", folder)
    return folder_of_project


def test_the_checks_are_those_of_the_revision(project: Path) -> None:
    (project / "expectations" / "compiled" / "wage_guidance.sql").write_text("", "utf-8")
    names = ("wage_guidance", "certificate")
    assert rules_revision.checks_at("HEAD", names).checks == {"wage_guidance": CHECKS[1:], "certificate": ()}
    before = rules_revision.checks_at("HEAD~1", names)
    assert before.checks["wage_guidance"] == CHECKS
    assert before.commit == git(project, "rev-parse", "HEAD~1")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nonsense", "There is no revision nonsense"),
        ("--help", "There is no revision --help"),
        ("", "no revision"),
        ("HEAD~2", "has no compiled checks"),
    ],
)
def test_a_revision_without_checks_is_one_sentence(name: str, said: str, project: Path) -> None:
    with pytest.raises(OperatorError, match=said) as error:
        rules_revision.checks_at(name, ("wage_guidance",))
    assert error.value.exit_code == 2


@pytest.mark.parametrize("text", ["-- {}\nselect 1;\n", "-- no json\nselect 1;\n", "-- {}\n"])
def test_a_form_of_other_times_is_one_sentence(text: str, project: Path) -> None:
    (project / "expectations" / "compiled" / "wage_guidance.sql").write_text(text, "utf-8")
    git(project, "commit", "--quiet", "-am", "x")
    with pytest.raises(OperatorError, match="a form that this program does not read"):
        rules_revision.checks_at("HEAD", ("wage_guidance",))


def test_a_folder_that_is_no_checkout_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_revision, "PROJECT", tmp_path)
    with pytest.raises(OperatorError, match="not in a git checkout"):
        rules_revision.checks_at("HEAD", ("wage_guidance",))


def test_a_machine_without_git_is_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    with pytest.raises(OperatorError, match="not in a git checkout"):
        rules_revision.checks_at("HEAD", ("wage_guidance",))
