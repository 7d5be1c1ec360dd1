"""What is delivered is kept once, in order, and survives a kill at any point."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive
from ingest.channels import CLOSED, UNOPENED, Found, whole_files
from tests.ingest.files import HEADERS, ROW, delimited, records, xlsx
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Delivery

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
CONTENT = delimited([HEADERS, ROW])
RECORDS = next(feed for feed in feeds.feeds() if (feed.department, feed.dataset) == ("CAB", "training_record"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root on a server whose clock has gone on for an hour whenever somebody looks: all that lies there is quiet."""
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    return Root(tmp_path).make()


def put(root: Root, name: str, content: bytes = CONTENT, minute: int = 0) -> None:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = dt.datetime(2026, 2, 10, 8, minute, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))


def pull(root: Root, **options: object) -> list[Delivery]:
    return receive.receive(root, feeds.feeds(), now=NOW, **options)  # type: ignore[arg-type]


def stray(root: Root) -> dict[str, str | None]:
    return {delivery.name: delivery.problem for delivery in receive.receive_unrecognised(root, now=NOW)}


def test_a_delivery_becomes_a_submission(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    (delivery,) = pull(root)
    assert delivery.submission
    assert delivery.submission.submission_id.startswith("CAB-training_record-2026-01-")
    assert receive.content_file(root, delivery).read_bytes() == CONTENT
    assert delivery.modified_at == "2026-02-10T08:00:00.000000+00:00"
    assert receive.deliveries(root) == [delivery]


@pytest.mark.parametrize(
    ("name", "unit", "dataset", "period"),
    [
        ("HRSS/440305/certificate_202601.json", "HRSS.440305", "certificate", "2026-01"),
        ("HRSS/SZ-DP/证书明细_2026年1月.json", "HRSS.SZ-DP", "certificate", "2026-01"),
        ("SAC/企业覆盖情况 2026年上半年.xls", "SAC", "enterprise_coverage", "2026-H1"),
        ("TUF/talent_award_2025.xlsx", "TUF", "talent_award", "2025"),
        ("EMB/SZEMB_certificate_202601.csv", "EMB", "certificate", "2026-01"),
        ("CAB/开班备案（2026年1月）.xlsx", "CAB", "training_class", "2026-01"),
    ],
)
def test_names_as_departments_write_them(root: Root, name: str, unit: str, dataset: str, period: str) -> None:
    put(root, name)
    (delivery,) = pull(root)
    assert (delivery.unit, delivery.dataset, delivery.period) == (unit, dataset, period)


@pytest.mark.parametrize(
    "content",
    [
        xlsx([["2026年1月培训人次实名制明细"], HEADERS, ROW]),
        xlsx([["填报单位:某局", None, "报告期:2026年1月"], HEADERS, ROW]),
        xlsx([HEADERS, ROW], sheet="2026年1月"),
        ('{"报告期": "2026-01", "data": '.encode() + records(HEADERS, [ROW]) + b"}"),
    ],
)
def test_what_the_name_does_not_say_the_content_does(root: Root, content: bytes) -> None:
    put(root, "CAB/报送材料.xlsx", content)
    (delivery,) = pull(root)
    assert (delivery.dataset, delivery.period) == ("training_record", "2026-01")


def test_a_back_file_is_taken_like_any_other(root: Root) -> None:
    put(root, "CAB/training_record_2025-03.csv")
    (delivery,) = pull(root)
    assert (delivery.dataset, delivery.unit, delivery.period) == ("training_record", "CAB", "2025-03")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CAB/aggregate_summary_2025-09.csv", "2025年9月的不接收"),
        ("ABC/training_record_2026-01.csv", "ABC"),
        ("training_record_2026-01.csv", "直接放在收件箱"),
        ("CAB/440305/training_record_2026-01.csv", "没有区级报送单位"),
        ("HRSS/999999/certificate_2026-01.csv", "999999"),
        ("HRSS/440305/attendance_2026-01.csv", "没有区级报送单位"),
        ("CAB/training_record_2026-Q1.csv", "2026年第1季度"),
        ("CAB/training_record_2024-01.csv", "2024年1月的不接收"),
        ("CAB/training_record_2028-01.csv", "2028年1月"),
        ("CAB/wage_guidance_2025.csv", "不报送"),
        ("CAB/报送.csv", "看不出报告期"),
        ("CAB/a/b/training_record_2026-01.csv", "太深"),
    ],
)
def test_what_fits_no_feed_is_kept_and_named(root: Root, name: str, said: str) -> None:
    put(root, name)
    assert pull(root) == []
    problems = stray(root)
    assert said in str(problems[name])
    delivery = receive.deliveries(root)[0]
    assert delivery.submission is None
    assert receive.content_file(root, delivery).read_bytes() == CONTENT
    assert stray(root) == {}
    assert receive.pending(root) == []


def test_a_picture_without_a_name_is_called_one(root: Root) -> None:
    put(root, "CAB/扫描件.xlsx", b"\x89PNG\r\n\x1a\n")
    assert "PNG 图片" in str(stray(root)["CAB/扫描件.xlsx"])


def test_temporary_files_are_passed_over(root: Root) -> None:
    for name in ("~$training_record_2026-01.xlsx", "training_record_2026-01.xlsx.part", ".training_record_2026-01.csv"):
        put(root, f"CAB/{name}")
    assert pull(root) == []
    assert stray(root) == {}


def test_deliveries_are_ordered_by_time_then_name(root: Root) -> None:
    put(root, "CAB/training_record_2026-01_b.csv", minute=1)
    put(root, "CAB/training_record_2026-01_a.csv", CONTENT + CONTENT, minute=1)
    put(root, "TRA/training_record_2026-01.csv", minute=0)
    names = [
        "TRA/training_record_2026-01.csv",
        "CAB/training_record_2026-01_a.csv",
        "CAB/training_record_2026-01_b.csv",
    ]
    assert [delivery.name for delivery in pull(root)] == names


def test_the_same_delivery_is_nothing_and_the_same_bytes_again_are_a_delivery(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    (first,) = pull(root)
    assert pull(root) == []
    put(root, "CAB/training_record_2026-01_again.csv", minute=5)
    (second,) = pull(root)
    assert second.submission == first.submission
    assert len(receive.deliveries(root)) == 2


def test_chosen_periods_are_pulled_again(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    put(root, "CAB/training_record_2025-12.csv", CONTENT + b"\n")
    put(root, "TRA/training_record_2026-01.csv")
    again = pull(root, periods=["2026-01"], departments=["CAB"])
    assert [delivery.name for delivery in again] == ["CAB/training_record_2026-01.csv"]
    content = receive.content_file(root, receive.deliveries(root)[0])
    content.unlink()
    content.parent.rmdir()
    assert pull(root, periods=["2026-01"], departments=["CAB"]) == []
    assert content.read_bytes() == CONTENT


def test_what_is_new_is_pending(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    put(root, "ABC/x.csv")
    names = [identity[1] for identity in receive.pending(root)]
    assert names == ["ABC/x.csv", "CAB/training_record_2026-01.csv"]
    pull(root)
    stray(root)
    assert receive.pending(root) == []


def test_a_kill_leaves_nothing_to_mend(root: Root) -> None:
    for day in range(3):
        put(root, f"CAB/training_record_2026-01_{day}.csv", CONTENT + b"\n" * day, minute=day)
    whole = pull(root)
    lines = root.deliveries.read_bytes().splitlines(keepends=True)
    # Killed while the second line was written: its content stands, the line is torn, staging is left behind.
    root.deliveries.write_bytes(lines[0] + lines[1][:40])
    root.deliveries.with_suffix(".head").unlink()
    third = receive.content_file(root, whole[2])
    third.unlink()
    third.parent.rmdir()
    left = root.work / "receiving" / "x"
    left.mkdir(parents=True)
    (left / "content").write_bytes(b"half")
    assert receive.deliveries(root) == whole[:1]
    assert pull(root) == whole[1:]
    assert receive.deliveries(root) == whole
    assert third.read_bytes() == CONTENT + b"\n\n"
    assert not left.exists()


def test_a_damaged_line_in_the_middle_is_the_operators(root: Root) -> None:
    root.deliveries.write_bytes(b"{broken}\n{}\n")
    with pytest.raises(OperatorError, match="line 1"):
        receive.deliveries(root)


def test_a_file_that_cannot_be_opened_stops_no_other_and_is_tried_again(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, "CAB/training_record_2025-12.csv")
    put(root, "CAB/training_record_2026-01.csv", CONTENT + b"\n")
    look = receive.look(root)

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    guarded = [
        Found(**vars(file) | ({"open": refuse} if file.period == "2025-12" else {}))
        for file in look.pull([RECORDS], {})
    ]
    monkeypatch.setattr(look, "pull", lambda *_: iter(guarded))
    closed, whole = receive.receive(root, [RECORDS], now=NOW, channel=look)
    assert (closed.problem, closed.submission, closed.sha256) == (UNOPENED, None, "")
    assert whole.submission
    assert receive.receive(root, [RECORDS], now=NOW, channel=look) == []
    assert receive.deliveries(root) == [closed, whole]
    assert [identity[1] for identity in receive.pending(root)] == [closed.name]
    (opened,) = pull(root)
    assert opened.submission
    assert receive.deliveries(root) == [whole, opened]


def test_what_is_no_file_is_told_and_never_opened(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    folder = root.inbox / "CAB"
    (folder / "link training_record_2026-01.csv").symlink_to("training_record_2026-01.csv")
    (folder / "loop").symlink_to("loop")
    (folder / "around").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    pulled = {delivery.name: delivery.problem for delivery in pull(root)}
    assert pulled == {"CAB/training_record_2026-01.csv": None, "CAB/link training_record_2026-01.csv": UNOPENED}
    assert stray(root) == dict.fromkeys(("CAB/around", "CAB/loop", "CAB/pipe.csv"), UNOPENED)
    assert pull(root) == []
    assert stray(root) == {}
    assert receive.pending(root) == []


def test_a_folder_that_cannot_be_listed_is_told(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "CAB/shut/training_record_2026-01.csv")
    put(root, "HCD/training_record_2026-01.csv")
    scan = os.scandir

    def guarded(path: str) -> object:
        if str(path).endswith(("shut", "HCD")):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", guarded)
    deliveries = receive.receive_unrecognised(root, now=NOW)
    assert [(delivery.department, delivery.name, delivery.problem) for delivery in deliveries] == [
        ("CAB", "CAB/shut", CLOSED),
        ("HCD", "HCD", CLOSED),
    ]


def test_names_that_are_no_utf8_are_read_as_gb18030_or_shown(root: Root) -> None:
    put(root, "CAB/培训人次实名制明细_2026年1月.csv")
    folder = os.fsencode(root.inbox / "CAB")
    names = ("培训人次实名制明细_2026年2月.csv".encode("gb18030"), b"\xff training_record 2026-03.csv")
    for number, name in enumerate(names, 1):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(CONTENT + b"\n" * number)
    assert {delivery.name: delivery.period for delivery in pull(root)} == {
        "CAB/培训人次实名制明细_2026年1月.csv": "2026-01",
        "CAB/培训人次实名制明细_2026年2月.csv": "2026-02",
        "CAB/\\xff training_record 2026-03.csv": "2026-03",
    }
    assert len(receive.deliveries(root)) == 3
    assert pull(root) == []


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)<b> training_record 2026-01.csv",
        "..\\..\\x%2f.. training_record 2026-01.csv",
        "line\nbreak training_record 2026-01.csv",
        "training_record 2026-01" + "长" * 70 + "xxxxx.csv",
    ],
)
def test_hostile_names_are_only_names(root: Root, name: str) -> None:
    put(root, f"CAB/{name}")
    (delivery,) = pull(root)
    assert delivery.name == f"CAB/{name}"
    assert delivery.submission
    assert receive.deliveries(root) == [delivery]
    assert sorted(path.name for path in root.received.iterdir()) == sorted(
        [delivery.submission.submission_id, "deliveries.head", "deliveries.jsonl", "pulls.head", "pulls.jsonl"]
    )


def test_a_file_still_being_written_waits(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    look = receive.look(root)
    assert len(list(look.pull([RECORDS], {}))) == 1
    put(root, "CAB/training_record_2026-01.csv", CONTENT * 2)
    assert receive.receive(root, [RECORDS], now=NOW, channel=look) == []
    assert len(pull(root)) == 1


def test_one_look_serves_all_calls_of_a_run(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv")
    put(root, "CAB/training_class_2026-01.csv")
    put(root, "CAB/unknown.csv", b"x")
    look = receive.look(root)
    by_dataset = {feed.dataset: feed for feed in feeds.feeds() if feed.department == "CAB"}
    pulled = [
        receive.receive(root, [by_dataset[name]], now=NOW, channel=look)[0].dataset
        for name in ("training_record", "training_class")
    ]
    assert pulled == ["training_record", "training_class"]
    assert [delivery.name for delivery in receive.receive_unrecognised(root, now=NOW, channel=look)] == [
        "CAB/unknown.csv"
    ]
    assert receive.receive(root, feeds.feeds(), now=NOW, channel=look) == []


def test_no_inbox_is_an_empty_one(tmp_path: Path) -> None:
    assert receive.pending(Root(tmp_path)) == []
