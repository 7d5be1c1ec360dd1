"""The versions that a decision records: of the rules, the checks across submissions, the program.

Cheap: imports no Great Expectations. The reference tables' version is `warehouse.vocabulary.reference.version`.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import tomllib

from expectations.compiled import FOLDER
from expectations.outcome import TOLERATED
from warehouse.vocabulary import contract, policy
from warehouse.vocabulary.project import PROJECT


@functools.cache
def rules_version() -> str:
    """Eight hex digits over what decides a submission: compiled checks, columns, when a file goes back whole.

    Of a contract only what is read counts: whom to ask for help decides no submission.
    """
    digest = hashlib.sha256(repr([policy.rows(name) for name in TOLERATED]).encode())
    for dataset in contract.datasets():
        digest.update((FOLDER / f"{dataset.name}.sql").read_bytes())
        digest.update(repr(dataset).encode())
    return digest.hexdigest()[:8]


@functools.cache
def across_version() -> str:
    """Eight hex digits over the checks that judge all submissions against each other."""
    return hashlib.sha256((FOLDER / "across.sql").read_bytes()).hexdigest()[:8]


@functools.cache
def program_version() -> str:
    """The installed version, or in a checkout that is not installed the one in `pyproject.toml`."""
    try:
        return importlib.metadata.version("skills-warehouse")
    except importlib.metadata.PackageNotFoundError:
        return str(tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
