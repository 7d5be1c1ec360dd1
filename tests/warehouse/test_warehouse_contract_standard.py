"""Contracts that the standard's own tools accept, complete without the program: who answers, where, how often."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from ingest import feed
from tests.warehouse import contract_tool
from warehouse.published import stored_contracts
from warehouse.vocabulary import contract, period, reference
from warehouse.vocabulary.project import CONTRACTS

FILES = sorted(CONTRACTS.glob("*.odcs.yaml"))


def load(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return facts


@pytest.fixture(params=contract.names())
def facts(request: pytest.FixtureRequest) -> dict[str, Any]:
    return load(CONTRACTS / f"{request.param}.odcs.yaml")


def terms(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {term["property"]: term for term in facts["slaProperties"]}


def without(term: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in term.items() if name not in names}


def test_every_contract_keeps_to_the_schema_of_the_standard() -> None:
    schema = contract_tool.odcs_schema()
    validator = validator_for(schema)(schema)
    complaints = [
        (path.name, error.json_path, error.message) for path in FILES for error in validator.iter_errors(load(path))
    ]
    assert FILES
    assert not complaints


def test_a_kind_that_the_standard_does_not_know_is_no_semantic_type() -> None:
    schema = contract_tool.odcs_schema()
    facts = load(FILES[0])
    facts["schema"][0]["properties"][0]["semanticType"] = "text"
    assert list(validator_for(schema)(schema).iter_errors(facts))


def test_datacontract_lint_accepts_every_contract(tmp_path: Path) -> None:
    answers = contract_tool.answers([["lint", "--all-errors", str(path)] for path in FILES], tmp_path)
    assert len(answers) == len(FILES)
    refused = [
        (path.name, answer.output)
        for path, answer in zip(FILES, answers, strict=True)
        if answer.code != 0 or "warning" in answer.output
    ]
    assert not refused


def test_datacontract_lint_refuses_a_broken_contract(tmp_path: Path) -> None:
    facts = load(FILES[0])
    facts["servers"][0]["type"] = "folder"
    path = tmp_path / FILES[0].name
    path.write_text(yaml.safe_dump(facts, allow_unicode=True), "utf-8")
    (answer,) = contract_tool.answers([["lint", str(path)]], tmp_path)
    assert answer.code == 1
    assert "servers" in answer.output


def test_without_its_environment_the_tool_is_asked_for_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract_tool, "TOOLS", tmp_path / ".venv-tools")
    with pytest.raises(pytest.fail.Exception, match=r"\.venv-tools is missing.*call make tools"):
        contract_tool.answers([["lint"]], tmp_path)
    with pytest.raises(pytest.fail.Exception, match=r"\.venv-tools is missing.*call make tools"):
        contract_tool.odcs_schema()


def test_the_tool_never_gets_to_the_network(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="asked for the network"):
        contract_tool.answers([["lint", "https://contracts.invalid/attendance.odcs.yaml"]], tmp_path)


def test_what_all_contracts_repeat_has_one_home(facts: dict[str, Any]) -> None:
    service = stored_contracts.service()
    per_dataset = {"value", "customProperties"}
    shared = [without(term, per_dataset) for term in facts["slaProperties"]]
    servers = [
        {name: value.replace("{dataset}", facts["id"]) for name, value in server.items()}
        for server in service["servers"]
    ]
    assert facts["servers"] == servers
    assert facts["team"] == service["team"]
    assert facts["support"] == service["support"]
    assert shared == service["slaProperties"]


def test_the_team_is_roles_and_departments() -> None:
    members = {member["username"]: member for member in stored_contracts.service()["team"]["members"]}
    assert members["HRSS"]["name"] == reference.codes("department")["HRSS"]
    assert {member["role"] for member in members.values()} == {"owner", "data steward", "data producer"}


def test_frequency_and_due_are_those_of_most_feeds(facts: dict[str, Any]) -> None:
    rhythms = Counter((fed.cadence, fed.months_after, fed.day) for fed in feed.feeds() if fed.dataset == facts["id"])
    due = {entry["property"]: entry["value"] for entry in terms(facts)["due"]["customProperties"]}
    months = terms(facts)["frequency"]["value"]
    cadence = next(cadence for cadence, length in period.MONTHS.items() if length == months)
    assert rhythms[cadence, due["monthsAfter"], due["day"]] == max(rhythms.values())


def test_due_reads_as_it_counts(facts: dict[str, Any]) -> None:
    """次年1月31日 is one month after a year's last month and its thirty-first day."""
    due = {entry["property"]: entry["value"] for entry in terms(facts)["due"]["customProperties"]}
    months = terms(facts)["frequency"]["value"]
    words = {1: "次月", 3: "期后次月", 6: "期后次月", 12: "年"}[months]
    text = terms(facts)["due"]["value"]
    assert text.endswith(f"{due['day']}日")
    if words == "年":
        year, month = divmod(11 + due["monthsAfter"], 12)
        assert text.startswith(f"{('上', '当', '次')[year + 1]}年{month + 1}月")
    else:
        assert (due["monthsAfter"], text) == (1, f"{words}{due['day']}日")


def test_rows_with_identity_numbers_are_kept_shorter(facts: dict[str, Any]) -> None:
    years = stored_contracts.service()["retention"]
    dataset = contract.dataset(facts["id"])
    has_identity = any(field.kind in ("id", "id_or_uscc") for field in dataset.fields)
    assert terms(facts)["retention"]["value"] == years["with_identity_numbers" if has_identity else "without"]
    assert years["with_identity_numbers"] < years["without"]
