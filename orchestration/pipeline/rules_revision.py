"""The compiled checks as they stood in a git revision of the project.

What they would judge otherwise is `rules_diff`. Ends at checks.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from expectations import compiled
from expectations.compiled import Check
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT


@dataclass(frozen=True)
class Revision:
    """A revision by the name that was asked for, and its checks by dataset (and `across`)."""

    name: str
    commit: str
    checks: Mapping[str, tuple[Check, ...]]


def checks_at(name: str, datasets: Sequence[str]) -> Revision:
    """The checks of these datasets at a revision; `OperatorError` says why there are none."""
    if _git("rev-parse", "--git-dir") is None:
        raise OperatorError(
            "The project is not in a git checkout that git can read, so that there is no earlier "
            "revision of the rules: call it in a clone of the project."
        )
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if commit is None:
        raise OperatorError(f"There is no revision {name}: give --since a commit, branch or tag of the project.")
    commit = commit.strip()
    folder = compiled.FOLDER.relative_to(PROJECT).as_posix()
    texts = {dataset: _git("show", f"{commit}:./{folder}/{dataset}.sql") for dataset in datasets}
    if not any(texts.values()):
        raise OperatorError(f"The revision {name} has no compiled checks: give --since a later one.")
    try:
        checks = {dataset: compiled.parse(text or "", is_foreign=True) for dataset, text in texts.items()}
    except (ValueError, TypeError):
        raise OperatorError(
            f"The compiled checks of {name} have a form that this program does not read: give --since a later revision."
        ) from None
    return Revision(name, commit, checks)


def _git(*words: str) -> str | None:
    """What git answers in the project's folder; null when it refuses or is not installed."""
    try:
        done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout.decode("utf-8") if done.returncode == 0 else None
