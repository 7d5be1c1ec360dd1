"""Write a dataset's checks as a Great Expectations suite (JSON) and its Data Docs (HTML), for those who know GX.

Holds what is checked, never what was received: no data is read, so the Data Docs have no results and no samples of
values. What the suites find in stored rows is counted by `audit.py`; what departments read is made in `report/`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.catalogue import plain
from expectations.compile import Declaration, suite
from expectations.gx_duckdb import Expectation
from expectations.rule import Rule, Scope
from warehouse.vocabulary.contract import SEVERITY_TITLES, Dataset
from warehouse.vocabulary.errors import OperatorError

_SITE = "data_docs"


def write(dataset: Dataset, folder: Path) -> int:
    """Write `<dataset>.json` and `data_docs/` into a folder that is empty or does not exist.

    The suite holds the dataset's checks within a submission and across submissions; the meta of each says which
    (`scope`), and its code, severity, fields, message, why, fix, basis and dates. Great Expectations loads it where
    `expectations.check_digits` is imported, which holds the two expectations that are not GX's; those across
    submissions run only where the tables of `cross_submission.py` stand beside the dataset's.

    Returns:
        The number of checks.

    Raises:
        OperatorError: the folder holds something or cannot be written.
    """
    described = gx.ExpectationSuite(name=dataset.name, expectations=expectations(dataset))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OperatorError(f"The folder {folder} is not empty: choose another.")
        text = json.dumps(described.to_json_dict(), ensure_ascii=False, indent=1)
        (folder / f"{dataset.name}.json").write_text(f"{text}\n", "utf-8")
        _write_docs(described, folder / _SITE)
    except OSError as error:
        raise OperatorError(f"{folder} cannot be written: {error.strerror}.") from None
    return len(described.expectations)


def expectations(dataset: Dataset) -> list[Expectation]:
    """Every check of the dataset as an expectation that says in its meta what the catalogue says."""
    scopes: tuple[Scope, ...] = ("submission", "across")
    return [
        _describe(expectation, declaration, scope)
        for scope in scopes
        for declaration, expectation in suite(dataset, scope)
    ]


def _describe(expectation: Expectation, declaration: Declaration, scope: Scope) -> Expectation:
    expectation.severity = FailureSeverity(declaration.severity)
    expectation.meta = _meta(declaration, scope)
    expectation.description = _description(declaration)
    return expectation


def _meta(declaration: Declaration, scope: Scope) -> dict[str, Any]:
    meta = {
        "code": declaration.code,
        "scope": scope,
        "severity": declaration.severity,
        "fields": list(declaration.fields),
        "message": declaration.message,
        "why": declaration.why,
        "fix": declaration.fix,
    }
    if not isinstance(declaration, Rule):
        return meta | {"basis": None, "since": None, "until": None}
    since, until = (day and str(day) for day in (declaration.since, declaration.until))
    return meta | {"basis": declaration.basis, "since": since, "until": until}


def _description(declaration: Declaration) -> str:
    """The one sentence that Data Docs show of an expectation."""
    basis = f"依据：{declaration.basis}。" if isinstance(declaration, Rule) else ""
    severity = SEVERITY_TITLES[declaration.severity]
    message, fix = plain(declaration.message), plain(declaration.fix)
    return f"{declaration.code}（{severity}）{message}为什么：{declaration.why}如何改正：{fix}{basis}"


def _write_docs(described: gx.ExpectationSuite, folder: Path) -> None:
    context = gx.get_context(mode="ephemeral")
    context.suites.add(described)
    context.add_data_docs_site(
        site_name=_SITE,
        site_config={
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,  # type: ignore[typeddict-unknown-key]
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute())},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    context.build_data_docs(site_names=[_SITE])
