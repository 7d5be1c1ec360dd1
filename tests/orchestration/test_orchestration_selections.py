"""What is chosen alone in Dagster is done alone, or is not offered; what a launchpad is told is checked as the command
line checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ingest import receive
from orchestration import definitions
from tests.ingest.files import HEADERS, ROW, xlsx
from warehouse.store import keys, register
from warehouse.store.data_root import Root


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return definitions.defs().get_repository_def()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    """Two departments have sent a file."""
    data_root = Root(tmp_path / "data").make()
    keys.make_key(data_root)
    monkeypatch.setenv("SKILLS_HOME", str(data_root.path))
    for department in ("CAB", "EDU"):
        path = data_root.inbox / department / "training_record_2026-01.xlsx"
        path.parent.mkdir()
        path.write_bytes(xlsx([HEADERS, ROW]))
        path.with_name(f"{path.name}.done").touch()  # else it has to be quiet for a while
    yield data_root


def materialise(
    repository: dg.RepositoryDefinition, *paths: list[str], job: str = "collect", **config: Any
) -> dg.ExecuteInProcessResult:
    return repository.get_job(job).execute_in_process(
        asset_selection=[dg.AssetKey(path) for path in paths] or None,
        run_config={"resources": {"run": {"config": config}}},
        raise_on_error=False,
    )


def said(result: dg.ExecuteInProcessResult) -> str:
    """Why it failed, down to the first cause."""
    assert not result.success
    events = [event for event in result.all_events if event.is_failure]
    texts = []
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        while error is not None:
            texts.append(error.message)
            error = error.cause
    return "\n".join(texts)


def test_a_feed_alone_is_pulled_and_no_other(repository: dg.RepositoryDefinition, root: Root) -> None:
    feed = ["received", "training_record", "CAB"]
    result = materialise(repository, feed)
    assert result.success
    assert [delivery.department for delivery in receive.deliveries(root)] == ["CAB"]
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [dg.AssetKey(feed)]
    assert not register.decisions(root)


def test_decisions_alone_are_on_what_was_received(repository: dg.RepositoryDefinition, root: Root) -> None:
    materialise(repository, ["received", "training_record", "CAB"])
    result = materialise(repository, ["intake", "decisions"])
    assert result.success
    assert [delivery.department for delivery in receive.deliveries(root)] == ["CAB"]
    assert len(register.decisions(root)) == 1
    told = [event.asset_key for event in result.get_asset_materialization_events()]
    assert told == [dg.AssetKey(["accepted", "training_record"]), dg.AssetKey(["intake", "decisions"])]


def test_a_dataset_to_which_nothing_came_costs_no_event(repository: dg.RepositoryDefinition, root: Root) -> None:
    result = materialise(repository, job="intake")
    assert result.success
    told = {event.asset_key for event in result.get_asset_materialization_events()}
    assert told - {dg.AssetKey(["report", name]) for name in ("CAB", "EDU", "rules", "status")} == {
        dg.AssetKey(["received", "training_record", "CAB"]),
        dg.AssetKey(["received", "training_record", "EDU"]),
        dg.AssetKey(["accepted", "training_record"]),
        dg.AssetKey(["intake", "decisions"]),
    }
    again = materialise(repository, job="intake")
    assert [event.asset_key for event in again.get_asset_materialization_events()] == [
        dg.AssetKey(["intake", "decisions"])
    ]


@pytest.mark.parametrize("path", [["marts", "fct_participation"], ["staging", "stg_training_record"]])
def test_a_model_alone_is_not_offered(repository: dg.RepositoryDefinition, root: Root, path: list[str]) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        materialise(repository, path)
    assert not root.database.exists()


def test_a_publication_without_a_build_says_what_to_launch(repository: dg.RepositoryDefinition, root: Root) -> None:
    assert "launch the job collect" in said(materialise(repository, ["publication"]))
    assert not root.current.exists()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"periods": ["2026-13"]}, "2026-13 is not a period"),
        ({"periods": ["2026-01", "soon"]}, "soon is not a period"),
        ({"departments": ["CAB", "XYZ"]}, "There is no department XYZ"),
        ({"as_of": "yesterday"}, "yesterday is not a date"),
    ],
)
def test_the_launchpad_refuses_what_the_command_line_refuses(
    repository: dg.RepositoryDefinition, root: Root, config: dict[str, Any], sentence: str
) -> None:
    assert sentence in said(materialise(repository, job="pull_again", **config))
    assert not receive.deliveries(root)
