"""The papers say what is true: links lead somewhere, commands and make targets exist, hooks run what lint runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from orchestration.cli import cli
from tests.test_house import PROJECT, tracked

PAPERS = [path for path in tracked() if path.suffix == ".md" and "expectations" not in path.parts]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def shown(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("paper", PAPERS, ids=shown)
def test_every_relative_link_leads_to_a_file(paper: Path) -> None:
    targets = [target.partition("#")[0] for target in LINK.findall(paper.read_text("utf-8")) if "://" not in target]
    lost = [target for target in targets if target and not (paper.parent / target).exists()]
    assert not lost


def test_every_paper_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), {PROJECT / "README.md"}
    while waiting:
        paper = waiting.pop()
        reached.add(paper)
        targets = {target.partition("#")[0] for target in LINK.findall(paper.read_text("utf-8"))}
        linked = {(paper.parent / target).resolve() for target in targets if target.endswith(".md")}
        waiting |= {path for path in linked if path.is_file()} - reached
    assert {path for path in PAPERS if path.is_relative_to(PROJECT / "docs")} <= reached


def test_every_command_that_the_papers_name_exists() -> None:
    named = {
        command
        for paper in PAPERS
        for command in re.findall(r"^skills ([a-z-]+)", paper.read_text("utf-8"), re.MULTILINE)
    }
    assert named, "no paper names a command"
    assert named <= set(cli.commands)
    told = (PROJECT / "docs" / "commands.md").read_text("utf-8")
    untold = [name for name in cli.commands if f"skills {name}" not in told]
    assert not untold, "docs/commands.md tells of every command"


def test_every_make_target_that_the_papers_name_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {name for paper in PAPERS for name in re.findall(r"(?:`|^)make ([a-z-]+)", paper.read_text("utf-8"), re.M)}
    assert named, "no paper names a make target"
    assert named <= targets


@pytest.mark.parametrize("name", ["README", "docs/for-clerks", "docs/connecting-bi"])
def test_what_people_outside_read_stands_in_two_languages(name: str) -> None:
    english, chinese = ((PROJECT / f"{name}{ending}").read_text("utf-8") for ending in (".md", ".zh-CN.md"))
    for kind in (r"^#+ ", r"^\d+\. ", r"^\| (?!-)", r"^- "):
        assert len(re.findall(kind, english, re.M)) == len(re.findall(kind, chinese, re.M)), kind
    assert not re.search(r"[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]", re.sub(r"\(\S+\)|`[^`]*`", "", chinese)), (
        "Chinese text has full-width marks"
    )


def test_the_readme_is_short() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        assert len((PROJECT / name).read_text("utf-8").splitlines()) <= 60


def test_decisions_that_comments_cite_are_told() -> None:
    told = set(re.findall(r"^\| (\d+) \|", (PROJECT / "docs" / "decisions.md").read_text("utf-8"), re.MULTILINE))
    cited = {
        number
        for path in tracked()
        if path.suffix in (".py", ".sql", ".yml", ".yaml")
        for number in re.findall(r"\bdecision (\d+)", path.read_text("utf-8"), re.IGNORECASE)
    }
    assert cited, "comments cite decisions by number"
    assert cited <= told


def test_hooks_run_what_lint_runs() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    recipes = "".join(re.findall(r"^lint(?:-types|-sql)?:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE))
    commands = [line.strip() for line in recipes.splitlines()]
    assert "@$(MAKE) --no-print-directory --jobs 2 lint-types lint-sql" in commands
    lint = [command.replace("$(BIN)", ".venv/bin") for command in commands if command.startswith("$(BIN)")]
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert [hook["entry"] for hook in hooks] == lint
