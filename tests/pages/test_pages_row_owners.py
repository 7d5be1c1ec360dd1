"""To whom a row belongs: what it says itself, what is reported of its class, and nobody where that is not clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pages.gather import row_owners as row_owners_module
from pages.gather.row_owners import ROW_OWNER, row_owners
from tests.expectations.builder import KEY
from tests.expectations.test_expectations_cross_submission import CLASS, INSTITUTION, PERSON, stand
from warehouse.store import snapshot
from warehouse.store.data_root import ACCEPTED_ROWS, Root
from warehouse.store.standing import SubmissionStatus

SCHOOL, OTHER = "91350100M000100Y43", "12440306MA9GC5KUX1"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def owners(
    root: Root, *statuses: SubmissionStatus, severity: str = "critical", rows: int = 2
) -> dict[tuple[str, int], Any]:
    """Where the first rows of every submission belong, as if each had a finding."""
    places = [
        {"submission_id": status.decision.submission_id, "row_index": row, "severity": severity}
        for status in statuses
        for row in range(1, rows + 1)
    ]
    schema = pa.schema([("submission_id", pa.string()), ("row_index", pa.int64()), ("severity", pa.string())])
    with duckdb.connect() as con:
        con.register("finding", pa.Table.from_pylist(places, schema))
        table = row_owners(con, root, statuses, {status.decision.submission_id for status in statuses})
    assert table.schema == ROW_OWNER
    return {(row["submission_id"].split("-")[1], row["row_index"]): row for row in table.to_pylist()}


def test_a_participation_belongs_to_its_classes_institution_and_venue(root: Root) -> None:
    owner = owners(
        root,
        stand(root, "training_class", "HRSS", [CLASS]),
        stand(root, "training_record", "HRSS", [PERSON, dict(PERSON) | {"id_no": "440305198001010014"}]),
    )
    row = owner["training_record", 1]
    assert (row["institution"], row["district"]) == (SCHOOL, "440305")
    assert (row["institution_rows"], row["district_rows"], row["is_wrong"]) == (2, 2, True)


def test_a_class_that_waits_for_a_correction_is_known_too(root: Root) -> None:
    held = stand(root, "training_class", "HRSS", [dict(CLASS) | {"training_mode": "9"}])
    assert held.decision.rows.held == 1
    assert (
        owners(root, held, stand(root, "training_record", "HRSS", [PERSON]))["training_record", 1]["institution"]
        == SCHOOL
    )


def test_a_class_of_two_institutions_belongs_to_none(root: Root) -> None:
    elsewhere = dict(CLASS) | {"org_uscc": OTHER, "org_name": "另一所职业学校"}
    owner = owners(
        root,
        stand(root, "training_class", "HRSS", [CLASS]),
        stand(root, "training_class", "CAB", [elsewhere]),
        stand(root, "training_record", "HRSS", [PERSON]),
    )
    assert owner["training_record", 1]["institution"] is None
    assert owner["training_record", 1]["district"] == "440305"


def test_a_certificate_belongs_to_its_issuer_else_to_its_classes_institution(root: Root) -> None:
    certificate = {
        "person_name": "王小明",
        "id_no": "11010519491231002X",
        "cert_type": "01",
        "cert_no": "S1",
        "issue_date": "2026-06-10",
        "class_id": "SZ-0001",
    }
    owner = owners(
        root,
        stand(root, "training_class", "HRSS", [CLASS]),
        stand(
            root,
            "certificate",
            "HRSS",
            [
                certificate | {"issuer_uscc": OTHER, "issuer_name": "某职业技能评价中心"},
                certificate | {"cert_no": "S2", "id_no": "440305198001010014"},
            ],
        ),
    )
    assert [owner["certificate", row]["institution"] for row in (1, 2)] == [OTHER, SCHOOL]


def test_a_name_stands_for_the_code_that_all_give_it(root: Root) -> None:
    nameless = dict(CLASS) | {"class_id": "SZ-0002", "org_uscc": None, "org_name": "某职业 培训学校（南山）"}
    known = dict(CLASS) | {"org_name": "某职业培训学校(南山)"}
    owner = owners(root, stand(root, "training_class", "HRSS", [known, nameless]))
    assert [owner["training_class", row]["institution"] for row in (1, 2)] == [SCHOOL, SCHOOL]


def test_what_may_be_a_persons_name_is_no_institution(root: Root) -> None:
    slipped = dict(CLASS) | {"org_uscc": None, "org_name": "王小明"}
    assert owners(root, stand(root, "training_class", "HRSS", [slipped]))["training_class", 1]["institution"] is None


def test_a_directory_tells_of_itself_and_what_holds_nothing_is_not_wrong(root: Root) -> None:
    owner = owners(root, stand(root, "institution_directory", "EDU", [INSTITUTION]), severity="warning")
    row = owner["institution_directory", 1]
    assert (row["institution"], row["district"], row["is_wrong"]) == (SCHOOL, "440305", False)


def test_a_case_is_not_cut_by_the_institution_that_it_is_about(root: Root) -> None:
    case = {
        "case_id": "A1",
        "class_id": "SZ-0001",
        "found_date": "2026-06-01",
        "subject_type": "1",
        "subject_id": SCHOOL,
        "violation": "01",
    }
    assert owners(
        root, stand(root, "training_class", "HRSS", [CLASS]), stand(root, "enforcement_case", "HRSS", [case])
    ).keys() == {("training_class", 1)}


def test_what_tells_is_read_again_only_when_something_else_tells(root: Root) -> None:
    """A process that stays asks at each arrival."""
    classes, record = stand(root, "training_class", "HRSS", [CLASS]), stand(root, "training_record", "HRSS", [PERSON])
    before = owners(root, classes, record)
    (root.decision_folder(classes.decision) / ACCEPTED_ROWS).unlink()
    assert owners(root, classes, record) == before
    with pytest.raises(duckdb.IOException):
        owners(root, classes, stand(root, "training_class", "CAB", [CLASS]), record)


def test_classes_that_lie_in_a_snapshot_are_read_from_it_and_from_their_own_files_where_it_went(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes, record = stand(root, "training_class", "HRSS", [CLASS]), stand(root, "training_record", "HRSS", [PERSON])
    taken = snapshot.take(root, [classes, record], KEY)
    [part] = root.snapshot_parts.glob("training_class/*/*.parquet")
    mine = root.decision_folder(classes.decision) / ACCEPTED_ROWS
    content = mine.read_bytes()
    mine.unlink()
    monkeypatch.setattr(row_owners_module, "_kept_telling", {})
    owner = owners(root, classes, record)
    assert owner["training_record", 1]["institution"] == SCHOOL
    mine.write_bytes(content)
    monkeypatch.setattr(row_owners_module, "_kept_telling", {})
    part.unlink()
    monkeypatch.setattr(
        snapshot, "_whole_parts", lambda root, parts: taken.parts
    )  # it was there when it was looked for
    assert owners(root, classes, record) == owner
