"""What the build's two checks say: our own tests stop a publication, what is held back does not, and both are red."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from orchestration.defs.dbt import data_tests, quarantine
from orchestration.pipeline.dbt import Built
from warehouse.store.held_back import NOTHING, Failure, HoldBack

ROW = Failure("CAB-certificate-2026-01-aaaaaaaaaaaa", "keys_are_there", "id_no", 3, 17)
WHOLE = Failure("EDU-certificate-2026-01-bbbbbbbbbbbb", "amounts_are_bounded")


def listed(metadata: Mapping[str, dg.MetadataValue]) -> list[Mapping[str, object]]:
    table = metadata["list"]
    assert isinstance(table, dg.TableMetadataValue)
    return [record.data for record in table.records]


def test_a_build_on_which_all_tests_hold_passes() -> None:
    assert data_tests(Built({"fct_pull": 0.1}, {})).passed
    assert quarantine(NOTHING).passed


def test_a_failing_test_of_ours_is_named_and_what_was_skipped_behind_it_is_not() -> None:
    said = data_tests(Built({}, {"parts_add_up_to_the_whole": "Got 1 result", "rpt_department": "skipped"}))
    assert (said.passed, said.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert [line["name"] for line in listed(said.metadata)] == ["parts_add_up_to_the_whole"]
    assert "parts_add_up_to_the_whole" in (said.description or "")


def test_what_is_held_back_is_a_warning_with_the_rows_and_submissions() -> None:
    said = quarantine(HoldBack(failures=(ROW, WHOLE)))
    assert (said.passed, said.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert [(line["submission"], line["row"], line["field"]) for line in listed(said.metadata)] == [
        (ROW.submission_id, 17, "id_no"),
        (WHOLE.submission_id, "all of it", ""),
    ]
    assert "2 submissions" in (said.description or "")
