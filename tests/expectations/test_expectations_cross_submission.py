"""Rules across submissions: their examples, and judging what stands in a data root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations import across_tables, compiled, cross_submission, judgement_store
from expectations.across_tables import AcrossTables, decided_parts
from expectations.check import Batch, check
from expectations.commit import commit
from expectations.rule import Rule, rules
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY, NOW, PLACE, Row, reading, shaped, typed
from warehouse.store.data_root import Root
from warehouse.store.standing import Standing, SubmissionStatus
from warehouse.vocabulary import contract, policy, privacy, reference
from warehouse.vocabulary.submission import Submission
from warehouse.vocabulary.tables import JUDGED, accepted_schema

TEXT, DAY, COUNT = pa.string(), pa.date32(), pa.int64()
KNOWN = {
    "known_class": pa.schema(
        [
            ("class_id", TEXT),
            ("programs", TEXT),
            ("occupation_code", TEXT),
            ("skill_level", TEXT),
            ("training_mode", TEXT),
            ("start_date", DAY),
            ("end_date", DAY),
            ("planned_hours", pa.float64()),
        ]
    ),
    "known_institution": pa.schema(
        [("uscc", TEXT), ("name", TEXT), ("occupations", TEXT), ("valid_from", DAY), ("valid_to", DAY)]
    ),
    "known_issuer": pa.schema([("cert_org_code", TEXT), ("uscc", TEXT)]),
    "listed_institution": pa.schema(
        [("unit_code", TEXT), ("period", TEXT), ("period_end_date", DAY), ("number", TEXT), ("name", TEXT)]
    ),
    "known_participation": pa.schema([("class_id", TEXT), ("persons", COUNT), ("completers", COUNT)]),
    "known_certificate": pa.schema(
        [("certificate_key", TEXT), ("issue_date", DAY), ("occupation_code", TEXT), ("skill_level", TEXT)]
    ),
    "submitted": pa.schema(
        [
            ("submission_id", TEXT),
            ("dataset", TEXT),
            ("unit_code", TEXT),
            ("period", TEXT),
            ("period_end_date", DAY),
            ("received_rows", COUNT),
            ("sha256", TEXT),
        ]
    ),
    "superseded_training_class": pa.schema([("unit_code", TEXT), ("period", TEXT), ("class_id", TEXT)]),
    "superseded_certificate": pa.schema([("unit_code", TEXT), ("period", TEXT), ("certificate_key", TEXT)]),
    "recount": pa.schema(
        [
            ("unit_code", pa.string()),
            ("period", pa.string()),
            ("metric_id", pa.string()),
            ("lowest", pa.int64()),
            ("highest", pa.int64()),
        ]
    ),
}


def schema_of(table: str) -> pa.Schema:
    return KNOWN.get(table) or accepted_schema(contract.dataset(table))


def examples() -> Iterator[Any]:
    for rule in rules():
        if rule.scope == "across":
            for kind in ("passes", "fails"):
                for number, world in enumerate(getattr(rule, kind)):
                    yield pytest.param(rule, world, kind == "fails", id=f"{rule.code}-{kind}-{number}")


@pytest.mark.parametrize(("rule", "world", "fails"), examples())
def test_examples_pass_and_fail(
    con: duckdb.DuckDBPyConnection, rule: Rule, world: Mapping[str, Sequence[Row]], fails: bool
) -> None:
    tables = dict.fromkeys((*across_tables.DERIVED, cross_submission.SUBMITTED), ()) | world
    for table, rows in tables.items():
        schema = schema_of(table)
        whole = [
            dict.fromkeys(schema.names) | PLACE | {"row_index": number} | dict(row)
            for number, row in enumerate(rows, 1)
        ]
        con.register(
            table,
            pa.Table.from_pylist(
                [{name: typed(row[name], schema.field(name).type) for name in schema.names} for row in whole], schema
            ),
        )
    compiled_check = next(
        candidate
        for candidate in compiled.load(compiled.ACROSS)
        if candidate.code == rule.code and candidate.dataset in world
    )
    assert all(column in schema_of(table).names for table, rows in world.items() for row in rows for column in row)
    assert bool(con.execute(compiled_check.sql).fetchall()) == fails


CLASS = {
    "class_id": "SZ-0001",
    "class_name": "养老护理员",
    "org_uscc": "91350100M000100Y43",
    "org_name": "某学校",
    "project_type": "01",
    "special_action": "06",
    "programs": "06",
    "occupation_name": "养老护理员",
    "training_mode": "1",
    "start_date": "2026-06-01",
    "end_date": "2026-06-05",
    "planned_hours": 40,
    "venue_district": "440305",
    "funding_source": "01",
    "competent_dept": "HRSS",
}
PERSON = {
    "person_name": "王小明",
    "id_no": "11010519491231002X",
    "class_id": "SZ-0001",
    "person_category": "01",
    "attended_hours": 40,
    "exam_result": "1",
    "completed": True,
    "completion_date": "2026-06-05",
}
INSTITUTION = {
    "uscc": "91350100M000100Y43",
    "name": "某学校",
    "entity_type": "1",
    "valid_from": "2025-01-01",
    "district": "440305",
    "status": "1",
}
TOTAL = {"report_period": "2026-06", "dept": "HRSS", "metric_id": "T09", "value_period": 2, "unit": "人次"}


def stand(
    root: Root,
    dataset: str,
    unit: str,
    rows: Sequence[Row],
    period: str = "2026-06",
    content: str = "a",
    standing: Standing = "standing",
) -> SubmissionStatus:
    """Checks and stores one submission of a unit."""
    submission = Submission(dataset, unit.partition(".")[0], unit, period, content * 64)
    table = shaped(
        contract.dataset(dataset),
        [
            {
                "submission_id": submission.submission_id,
                "department_code": submission.department,
                "unit_code": unit,
                "period": period,
            }
            | dict(row)
            for row in rows
        ],
    )
    with connect(None) as con:
        checked = check(con, Batch(contract.dataset(dataset), table, [(submission, reading(dataset))], KEY))
    decision = commit(root, root.work, checked, NOW)[0]
    standing = "refused" if decision.outcome == "rejected" else standing
    is_shown = standing != "superseded"
    moment = "2026-07-05T00:00:00+00:00"
    return SubmissionStatus(decision, moment, moment, 0, standing, True, is_shown, standing != "refused")


def judge(root: Root, *standing: SubmissionStatus) -> list[dict[str, Any]]:
    with connect(None) as con, judgement_store.opened(con, None, "") as store:
        privacy.install(con, KEY)
        tables = AcrossTables(store, root, standing, decided_parts(root, standing))
        cross_submission.judge(store, tables)
        findings = con.execute(
            f"from {cross_submission.ACROSS.name} order by rule, submission_id, row"
        ).to_arrow_table()
    assert findings.schema == JUDGED
    return list(findings.to_pylist())


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_what_agrees_gives_no_finding(root: Root) -> None:
    assert (
        judge(
            root,
            stand(root, "training_class", "HRSS", [CLASS]),
            stand(root, "institution_directory", "EDU", [INSTITUTION]),
            stand(root, "training_record", "HRSS", [PERSON]),
            stand(root, "aggregate_summary", "HRSS", [dict(TOTAL) | {"value_period": 1}]),
        )
        == []
    )


def test_each_disagreement_is_one_warning_at_its_first_row(root: Root) -> None:
    two = [
        dict(PERSON) | {"class_id": "SZ-0009"},
        dict(PERSON) | {"class_id": "SZ-0009", "id_no": "110105491231002", "id_type": "99"},
    ]
    findings = judge(
        root,
        stand(root, "training_class", "HRSS", [CLASS]),
        stand(root, "training_record", "HRSS", [PERSON]),
        stand(root, "training_record", "HRSS.440305", [PERSON]),
        stand(root, "training_record", "CAB", two),
        stand(root, "aggregate_summary", "HRSS", [TOTAL]),
    )
    assert sorted((row["rule"], row["submission_id"].split("-")[0], row["row"]) for row in findings) == [
        ("AS901", "HRSS", 2),
        ("CL901", "CAB", 2),
        ("TC901", "HRSS", 2),
        ("TR902", "HRSS", 2),
        ("TR902", "HRSS.440305", 2),
    ]
    told = {row["rule"]: row for row in findings}
    assert "2 行" in told["CL901"]["message"]
    assert (told["CL901"]["value"], told["CL901"]["cell"], told["CL901"]["sheet"]) == ("SZ-0009", "G2", "Sheet1")
    assert (told["AS901"]["value"], told["AS901"]["expected"]) == ("2", "1")
    assert told["TR902"]["value"] is None
    assert {row["scope"] for row in findings} == {"across"}
    assert {row["severity"] for row in findings} == {"warning"}


def test_a_rejected_class_list_orphans_nobody(root: Root) -> None:
    classes = stand(root, "training_class", "HRSS", [dict(CLASS) | {"training_mode": "9"}])
    assert classes.decision.outcome == "rejected"
    findings = judge(root, classes, stand(root, "training_record", "HRSS", [PERSON]))
    assert findings == []


def test_an_enterprise_accepted_before_is_no_institution(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    classes = stand(root, "training_class", "HRSS", [CLASS])
    directory = stand(root, "institution_directory", "EDU", [INSTITUTION])
    assert judge(root, classes, directory) == []
    of_type = {"value": INSTITUTION["entity_type"], "since": "", "until": ""}
    known = policy.rows
    monkeypatch.setattr(policy, "rows", lambda name: [of_type] if name == "enterprise_type_code" else known(name))
    assert [row["rule"] for row in judge(root, classes, directory)] == ["TC901"]


def test_an_institution_sent_as_an_enterprise_is_known_while_it_waits(root: Root) -> None:
    classes = stand(root, "training_class", "HRSS", [CLASS])
    directory = stand(root, "institution_directory", "EDU", [dict(INSTITUTION) | {"entity_type": "18"}])
    assert directory.decision.outcome == "rejected"
    assert judge(root, classes, directory) == []


TRADER = {"org_uscc": "92350100M000100Y40"}
LISTED_TRADER = dict(INSTITUTION) | {"uscc": "92350100M000100Y40"}


@pytest.mark.parametrize("listed", [LISTED_TRADER, LISTED_TRADER | {"status": "9"}], ids=["accepted", "held"])
def test_a_sole_trader_is_the_same_in_accepted_and_in_held_rows(root: Root, listed: Row) -> None:
    classes = stand(root, "training_class", "HRSS", [dict(CLASS) | TRADER])
    trained = stand(root, "training_record", "HRSS", [PERSON])
    directory = stand(root, "institution_directory", "EDU", [listed])
    assert directory.decision.rows.held == (listed["status"] == "9")
    assert judge(root, directory, classes, trained) == []
    [finding] = judge(root, classes, trained)
    assert (finding["rule"], finding["field"], finding["value"]) == ("TC901", "org_uscc", None)


def test_a_sole_trader_stored_plainly_before_is_the_same(root: Root) -> None:
    classes = stand(root, "training_class", "HRSS", [dict(CLASS) | TRADER])
    trained = stand(root, "training_record", "HRSS", [PERSON])
    directory = stand(root, "institution_directory", "EDU", [LISTED_TRADER])
    file = root.decision_folder(directory.decision) / "accepted.parquet"
    plain = pq.read_table(file)
    at = plain.schema.get_field_index("uscc")
    pq.write_table(plain.set_column(at, "uscc", pa.array([LISTED_TRADER["uscc"]])), file)
    assert judge(root, directory, classes, trained) == []


CERTIFICATE = {
    "person_name": "王例子",
    "id_no": "11010519491231002X",
    "cert_type": "05",
    "cert_no": "SZSG2026000001",
    "occupation_name": "砌筑工",
    "issuer_name": "某局",
    "issue_date": "2026-06-05",
}


def test_a_finding_about_the_file_has_no_row(root: Root) -> None:
    sent = [stand(root, "training_class", "HRSS", [CLASS], period) for period in ("2026-05", "2026-06")]
    findings = [
        row
        for row in judge(root, stand(root, "institution_directory", "EDU", [INSTITUTION]), *sent)
        if row["rule"] != "TC902"
    ]
    assert [(row["rule"], row["submission_id"]) for row in findings] == [("VL903", sent[1].decision.submission_id)]
    assert [findings[0][name] for name in ("row_index", "row", "cell", "field", "value", "sheet")] == [None] * 6


def test_a_certificate_is_known_while_it_waits(root: Root) -> None:
    trained = stand(root, "training_record", "HRSS", [dict(PERSON) | {"cert_no": "SZSG2026000001"}])
    classes = stand(root, "training_class", "HRSS", [CLASS])
    directory = stand(root, "institution_directory", "EDU", [INSTITUTION])
    assert [row["rule"] for row in judge(root, directory, classes, trained)] == ["TR907"]
    waiting = stand(root, "certificate", "HRSS", [dict(CERTIFICATE) | {"issue_date": "2026-07-05"}])
    assert waiting.decision.rows.held == 1
    assert judge(root, directory, classes, trained, waiting) == []


@pytest.mark.parametrize(("elsewhere", "lost"), [("SZ-0003", 1), ("SZ-0002", None)])
def test_what_a_newer_version_lacks_is_told_unless_it_stands_elsewhere(
    root: Root, elsewhere: str, lost: int | None
) -> None:
    other = dict(CLASS) | {"class_id": "SZ-0002", "class_name": "另一个班"}
    before = stand(root, "training_class", "HRSS", [CLASS, other], content="b", standing="superseded")
    now = stand(root, "training_class", "HRSS", [CLASS])
    moved = stand(root, "training_class", "HRSS.440305", [dict(other) | {"class_id": elsewhere}])
    findings = judge(root, stand(root, "institution_directory", "EDU", [INSTITUTION]), before, now, moved)
    told = [(row["rule"], row["submission_id"], row["message"]) for row in findings]
    assert told == (
        []
        if lost is None
        else [("TC905", now.decision.submission_id, "上一版校验通过的班级有 1 个不在这一版中，也没有在别处报送。")]
    )


def test_nothing_stands(root: Root) -> None:
    assert judge(root) == []


ASKED = "请与其数据报送人员核对，意见不一致的请联系市局。"


@pytest.mark.parametrize(
    ("units", "change", "details"),
    [
        (("HRSS", "CAB"), {}, {"HRSS": f"另由市民政局报送，{ASKED}", "CAB": f"另由市人力资源保障局报送，{ASKED}"}),
        (
            ("HRSS", "HRSS.440305", "EDU"),
            {},
            {
                "HRSS": f"另由市教育局、市人力资源保障局·南山区报送，{ASKED}",
                "HRSS.440305": f"另由市教育局、市人力资源保障局报送，{ASKED}",
                "EDU": f"另由市人力资源保障局、市人力资源保障局·南山区报送，{ASKED}",
            },
        ),
        (("HRSS", "VET"), {}, {"HRSS": None, "VET": None}),
        (("HRSS", "CAB", "DPF.440305"), {}, {"HRSS": None, "CAB": None, "DPF.440305": None}),
        (("HRSS", "CAB"), {"person_category": "01;09"}, {"HRSS": None, "CAB": None}),
        (("EDU", "JUS"), {}, {"EDU": None, "JUS": None}),
    ],
)
def test_the_other_unit_is_named_unless_a_sensitive_one_or_group_is_involved(
    root: Root, units: tuple[str, ...], change: Row, details: dict[str, str | None]
) -> None:
    """In one of the units' rows a category is enough: nobody's page says with whom the person is doubled."""
    sent = [
        stand(root, "training_record", unit, [dict(PERSON) | (change if unit == units[0] else {})]) for unit in units
    ]
    doubled = {row["submission_id"].split("-")[0]: row for row in judge(root, *sent) if row["rule"] == "TR902"}
    assert {unit: row["detail"] for unit, row in doubled.items()} == details
    for unit, row in doubled.items():
        named = [partner["unit"] for partner in row["partners"] or []]
        if details[unit] is None:
            assert (row["message"], named) == ("与其他单位重复，请联系市局。", [])
            assert row["fix"] == row["workbook_fix"] == "请联系市局，由市局核对由谁报送；答复以前这一行不必改动。"
            titles = [reference.unit_title(other) for other in units if other != unit]
            assert not any(title in str(row.values()) for title in titles)
        else:
            assert named == sorted(set(units) - {unit})
            assert row["message"] == "同一人在同一班级的记录也由另一单位报送。"


def test_a_veterans_service_is_nobodys_to_name_whoever_reports_it(root: Root) -> None:
    service = {
        "service_type": "3",
        "person_name": "王例子",
        "id_type": "01",
        "id_no": "11010519491231002X",
        "service_date": "2026-06-05",
        "school": "甲学院",
        "enrol_year": 2026,
        "person_category": "03",
    }
    plain = [stand(root, "support_service", unit, [service]) for unit in ("TUF", "EDU")]
    assert {row["detail"][:8] for row in judge(root, *plain) if row["rule"] == "SS901"} == {
        "另由市总工会报送",
        "另由市教育局报送",
    }
    veterans = stand(root, "support_service", "EDU", [dict(service) | {"person_category": "09"}], content="c")
    told = [row for row in judge(root, plain[0], veterans) if row["rule"] == "SS901"]
    assert [(row["message"], row["partners"]) for row in told] == [("与其他单位重复，请联系市局。", None)] * 2
