"""Lists, contents and records of the exchange interface, from a server that keeps to its document and one that does
not: nothing is taken twice or lost, other sources are taken all the same, and the ledger tells the truth."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from demo.exchange import Answer, Request
from ingest import receive
from ingest.channels import UNOPENED, http_api
from tests.channels.authority import DAY
from tests.channels.exchange_world import (
    BESIDE,
    CONTENT,
    LARGE,
    MODIFIED,
    NAME,
    REACHED,
    ROWS,
    World,
    canonical,
    exchange_world,
    faulty_entry,
    put_many,
    spoiled,
    table,
    with_header,
)
from tests.channels.faulty_exchange import cut, page
from warehouse.vocabulary import clock

pytestmark = pytest.mark.channels


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with exchange_world(tmp_path, monkeypatch) as world:
        yield world


# What is there comes once.


def test_files_and_records_become_submissions_and_nothing_new_is_one_request(world: World) -> None:
    world.put()
    world.put_records(period="2025-12")
    assert world.pull() == ["CAB/training_record_2025-12.json", f"CAB/{NAME}", BESIDE]
    assert sorted(world.server.paths()) == ["content", "deliveries", "records"]
    submissions = {delivery.name: delivery.submission for delivery in world.last}
    assert all(submissions.values())
    assert sorted(world.contents(), key=len) == sorted([CONTENT, CONTENT, canonical(ROWS)], key=len)
    assert world.state() == REACHED
    assert world.pull() == []
    assert world.server.paths() == ["deliveries"]


def test_only_what_is_new_is_asked_for_after_a_whole_look(world: World) -> None:
    world.put()
    world.pull()
    world.server.paths()
    world.put("training_record_2025-12.csv", LARGE)
    assert world.pull() == ["CAB/training_record_2025-12.csv"]
    asked = [*world.server.asked]
    assert world.server.paths() == ["deliveries", "content"]
    assert asked[0].query["since"] < clock.utc_text(clock.now())
    world.all_is_taken_once(CONTENT, LARGE)


def test_a_new_version_is_a_submission_and_an_old_one_again_is_not_read(world: World) -> None:
    world.put()
    world.pull()
    world.put(content=table(4))
    assert world.pull() == [f"CAB/{NAME}"]
    world.server.paths()
    assert world.pull() == []
    assert "content" not in world.server.paths()


def test_what_is_asked_for_by_hand_is_pulled_again_whatever_the_bookmark_says(world: World) -> None:
    world.put()
    world.pull()
    world.server.paths()
    assert world.pull(departments=["CAB"]) == []
    assert world.server.paths() == ["deliveries", "content"], "asked whole, read again, and nothing new"


def test_a_lost_bookmark_and_another_address_list_everything(world: World) -> None:
    world.put()
    world.pull()
    world.root.reach.unlink()
    world.server.paths()
    assert world.pull() == []
    assert "since" not in world.server.asked[0].query
    assert world.server.paths() == ["deliveries"]
    world.told["feeds"]["CAB"]["path"] = "other"
    world.write()
    world.put(NAME, LARGE, place="other")
    assert world.pull() == [f"CAB/{NAME}"]


def test_the_same_records_are_the_same_bytes_in_whatever_order_and_pages(world: World) -> None:
    world.put_records()
    world.connect(page_size=7)
    assert world.pull() == ["CAB/training_record_2026-01.json", BESIDE]
    assert world.server.paths().count("records") == 4
    world.put_records(version="again")

    def shuffled(answer: Answer) -> Answer:
        def change(told: dict[str, Any]) -> dict[str, Any]:
            records = [{"data": dict(reversed(entry["data"].items())), "id": entry["id"]} for entry in told["records"]]
            return told | {"records": random.Random(1).sample(records, len(records)) + records[:2]}

        return page(answer, change)

    spoiled(world, "/records", shuffled)
    assert world.pull() == []
    assert world.state() == REACHED
    assert "records" in world.server.paths()


def test_records_stand_in_the_order_of_their_numbers_and_keep_their_values(world: World) -> None:
    rows = [{"n": 12345678901234567890123, "f": 1.50, "t": "甲\n", "x": None}, {"n": 1}, {"n": 2}]
    numbers = [10, 9, "1"]
    spoiled(
        world,
        "/records",
        lambda answer: page(
            answer,
            lambda told: told | {"records": [{"id": at, "data": row} for at, row in zip(numbers, rows, strict=True)]},
        ),
    )
    world.put_records(rows)
    world.pull()
    assert canonical([rows[1], rows[0], rows[2]]) in world.contents()


def test_no_records_say_that_there_is_nothing_to_report(world: World) -> None:
    world.put_records([])
    world.pull()
    assert '{"data":[],"说明":"本期无数据"}\n'.encode() in world.contents()
    assert "records" not in world.server.paths()


def test_district_units_and_kinds_are_placed_by_what_the_list_says(world: World) -> None:
    world.told["feeds"] = {"HRSS": {"connection": "city"}, "EMB": {"connection": "beside"}}
    world.write()
    world.put("随便.csv", dataset="certificate", period="2026-01", unit="HRSS.440305")
    world.put("440303/certificate_202601.csv", LARGE)
    world.put("x.csv", table(5), dataset="certificate", period="2026-01", unit="HRSS.999999")
    world.put("y.csv", table(6), dataset="nothing", period="2026-01")
    world.pull()
    units = {delivery.name: (delivery.unit, delivery.dataset) for delivery in world.last}
    assert units["HRSS/随便.csv"] == ("HRSS.440305", "certificate")
    assert units["HRSS/440303/certificate_202601.csv"] == ("HRSS.440303", "certificate")
    assert units["HRSS/x.csv"] == units["HRSS/y.csv"] == (None, None)
    assert world.state("city/HRSS/*") == REACHED


def test_a_department_may_be_asked_for_a_single_dataset(world: World) -> None:
    world.told["feeds"]["CAB/training_record"] = {"connection": "city", "dataset": "xl-07"}
    del world.told["feeds"]["CAB"]
    world.write()
    world.put_records(dataset="training_record")
    world.put("training_record_2025-12.csv", dataset="xl-07", period="2025-12")
    world.pull()
    assert world.server.asked[0].query["dataset"] == "xl-07"


def test_temporary_names_and_sidecars_are_no_deliveries(world: World) -> None:
    for name in (f"{NAME}.part", f"{NAME}.tmp", f"{NAME}.filepart", f"~${NAME}", f".{NAME}", f"{NAME}.sha256"):
        world.put(name, dataset="training_record", period="2026-01")
    assert world.pull() == [BESIDE]
    assert world.server.paths() == ["deliveries"]


# Clocks.


def test_what_was_entered_late_is_within_the_overlap(world: World) -> None:
    world.put()
    world.pull()
    world.put("training_record_2025-12.csv", LARGE)
    world.entered(len(LARGE), before=dt.timedelta(minutes=50))
    assert world.pull() == ["CAB/training_record_2025-12.csv"]


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_put_right_loses_nothing(world: World, hours: int) -> None:
    world.put()
    skew = dt.timedelta(hours=hours)
    spoiled(
        world,
        "/deliveries",
        lambda answer: (
            page(answer, lambda told: told | {"as_of": (clock.now() + skew).isoformat()}) if answer.body else answer
        ),
        1,
    )
    assert f"CAB/{NAME}" in world.pull()
    world.put("training_record_2025-12.csv", LARGE)
    assert world.pull() == ["CAB/training_record_2025-12.csv"]
    world.all_is_taken_once(CONTENT, LARGE)


def test_once_a_day_everything_is_listed_whatever_state_and_time_say(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put()
    world.pull()
    world.put("training_record_2025-12.csv", LARGE)
    world.entered(len(LARGE), before=3 * DAY)
    assert world.pull() == [], "a clock that went back by days hides it"
    monkeypatch.setattr(http_api, "WHOLE_EVERY", dt.timedelta(0))
    assert world.pull() == ["CAB/training_record_2025-12.csv"]


# Lists.


def test_of_a_list_that_is_cut_nothing_is_taken_until_it_is_whole(world: World) -> None:
    names = put_many(world, 5)

    def second_page(request: Request, answer: Answer) -> Answer:
        return cut(answer, 40) if request.query.get("cursor") == "2" else answer

    world.server.spoil = second_page
    assert world.pull() == [BESIDE], "an older version may stand on the page that did not come"
    assert world.state() == ("the connection broke (RemoteProtocolError)", True)
    world.server.spoil = lambda request, answer: answer
    world.server.paths()
    assert world.pull() == names
    assert world.server.paths() == ["deliveries"] * 3 + ["content"] * 5
    world.all_is_taken_once(*(table(number + 2) for number in range(5)))


def test_a_page_that_is_cut_once_is_asked_for_once_more(world: World) -> None:
    names = put_many(world, 5)
    left = [1]

    def once(request: Request, answer: Answer) -> Answer:
        if "cursor" in request.query and left[0]:
            left[0] = 0
            return cut(answer, 40)
        return answer

    world.server.spoil = once
    assert world.pull() == sorted([*names, BESIDE])
    assert world.server.paths().count("deliveries") == 4
    assert world.state() == REACHED


def test_a_total_that_lies_is_noticed_and_nothing_is_lost(world: World) -> None:
    names = put_many(world, 3)
    spoiled(world, "/deliveries", lambda answer: page(answer, lambda told: told | {"total": 4}))
    assert world.pull() == sorted([*names, BESIDE])
    assert world.state() == ("the list shows 3 where its total says 4", False)
    assert world.pull() == []
    assert "since" not in world.server.asked[-1].query, "the next look does not begin where a list was not whole"


def test_pages_that_overlap_show_each_delivery_once(world: World) -> None:
    names = put_many(world, 4)

    def again(request: Request, answer: Answer) -> Answer:
        if not request.path.endswith("/deliveries"):
            return answer
        if "cursor" not in request.query:
            again.first = json.loads(b"".join(answer.body))["deliveries"]  # type: ignore[attr-defined]
            return answer
        return page(answer, lambda told: told | {"deliveries": again.first[1:] + told["deliveries"]})  # type: ignore[attr-defined]

    world.server.spoil = again
    assert world.pull() == sorted([*names, BESIDE])
    assert world.state() == REACHED
    assert world.server.paths().count("content") == 4


@pytest.mark.parametrize("is_empty", [False, True])
def test_pages_without_end_end(world: World, is_empty: bool) -> None:
    put_many(world, 3)

    def endless(answer: Answer) -> Answer:
        return page(
            answer, lambda told: told | {"next": "2"} | ({"deliveries": []} if is_empty and not told["next"] else {})
        )

    spoiled(world, "/deliveries", endless)
    world.pull()
    assert world.state() == ("the pages have no end: each leads to another", False)


def test_a_list_that_changes_while_it_is_read_is_listed_again(world: World) -> None:
    names = put_many(world, 3)
    left = [1]

    def growing(request: Request, answer: Answer) -> Answer:
        if "cursor" in request.query and left[0]:
            left[0] = 0
            return replace(answer, headers={**answer.headers, "ETag": '"other"'})
        return answer

    world.server.spoil = growing
    assert world.pull() == sorted([*names, BESIDE])
    assert world.state() == REACHED
    assert world.server.paths().count("deliveries") == 4


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "../../other"}, "id: string_pattern_mismatch"),
        ({"id": 5}, "id: string_type"),
        ({"kind": "table"}, "kind: literal_error"),
        ({"modified_at": "2026-02-10 08:00:00"}, "modified_at: value_error"),
        ({"modified_at": "gestern"}, "modified_at: value_error"),
        ({"version": 'a"b'}, "version: string_pattern_mismatch"),
        ({"size": None}, "the answer: value_error"),
        ({"size": -1}, "size: greater_than_equal"),
        ({"sha256": "A" * 64}, "sha256: string_pattern_mismatch"),
        ({"dataset": "training_record"}, "the answer: value_error"),
        ({"kind": "records"}, "the answer: value_error"),
    ],
)
def test_a_delivery_that_is_not_as_the_document_says_is_told_and_the_others_are_taken(
    world: World, change: dict[str, Any], fault: str
) -> None:
    names = put_many(world, 2)
    spoiled(world, "/deliveries", faulty_entry(**change))
    assert world.pull() == [names[1], BESIDE]
    reason, is_passing = world.state()
    assert reason == f"1 of 2 deliveries are not as exchange.yaml says: {fault}"
    assert not is_passing
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [names[0]]
    world.all_is_taken_once(table(2), table(3))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"total": 1}',
        b'{"as_of": "2026-01-01T00:00:00Z", "total": "1", "next": null, "deliveries": []}',
        b'{"as_of": "2026-01-01T00:00:00Z", "total": 0, "next": "", "deliveries": []}',
        b"[" * 100_000,
        b'{"as_of": "2026-01-01T00:00:00Z", "total": 0, "next": null, "deliveries": ["\\ud800"]}',
        b"\xff\xfe",
    ],
)
def test_a_list_that_is_none_is_told_without_its_content(world: World, body: bytes) -> None:
    world.put()
    headers = {"Content-Length": str(len(body)), "Content-Type": "application/json"}
    spoiled(world, "/deliveries", lambda answer: Answer(200, headers, [body]))
    assert world.pull() == [BESIDE]
    reason, is_passing = world.state()
    assert reason.startswith("the list is not as exchange.yaml says: ")
    assert "html" not in reason
    assert not is_passing


def test_an_answer_that_is_too_large_for_memory_is_not_read(world: World) -> None:
    world.put()
    spoiled(world, "/deliveries", lambda answer: Answer(200, {"Content-Length": ""}, (b"[" * 2**20 for _ in range(99))))
    assert world.pull() == [BESIDE]
    assert world.state() == ("an answer is larger than 8 MB: ask for smaller pages, see page_size", False)


def test_deliveries_that_nobody_could_tell_apart_are_told(world: World) -> None:
    world.put()
    world.put(content=bytes(reversed(CONTENT)), id="other")
    assert world.pull() == [f"CAB/{NAME}", BESIDE]
    assert world.state() == (
        "deliveries bear the name, size and time of another (1): give each a name of its own",
        False,
    )


@pytest.mark.parametrize(
    "name",
    ["../../../training_record_2026-01.csv", "/etc/training_record_2026-01.csv", "a\nb\x00\x1b[2J.csv", "", "  ",
     "x" * 300, "‮gpj.exe", "C:\\training_record_2026-01.csv", "..", "\udc80.csv"],
)  # fmt: skip
def test_hostile_names_are_only_names(world: World, name: str, tmp_path: Path) -> None:
    world.put(name if name.isprintable() or name.isascii() else "x.csv")
    spoiled(world, "/deliveries", faulty_entry(name=name))
    before = {path for path in tmp_path.rglob("*") if world.root.path not in path.parents}
    names = world.pull()
    if "\udc80" in name:  # half a character is no JSON
        assert names == [BESIDE]
    else:
        (hostile,) = set(names) - {BESIDE}
        assert hostile.startswith("CAB/")
        assert not any(ord(character) < 32 or character == "\u202e" for character in hostile)
        world.all_is_taken_once(CONTENT)
    assert {path for path in tmp_path.rglob("*") if world.root.path not in path.parents} == before


# Contents.


def test_a_download_that_is_cut_goes_on_where_it_was_cut(world: World) -> None:
    world.put(content=LARGE)
    ranges: list[str | None] = []

    def cutting(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/content"):
            ranges.append(request.headers.get("range"))
            return cut(answer, 300_000)
        return answer

    world.server.spoil = cutting
    assert f"CAB/{NAME}" in world.pull()
    assert ranges[0] is None
    assert all(told is not None and told.startswith("bytes=") for told in ranges[1:])
    assert len(ranges) > 2
    world.all_is_taken_once(LARGE)


def test_a_server_that_knows_no_ranges_is_read_from_the_beginning(world: World) -> None:
    world.put(content=LARGE)
    left = [1]

    def without_ranges(request: Request, answer: Answer) -> Answer:
        if not request.path.endswith("/content"):
            return answer
        whole = world.exchange.answer(replace(request, headers={**request.headers, "range": ""}))
        if left[0]:
            left[0] = 0
            return cut(whole, 300_000)
        return whole

    world.server.spoil = without_ranges
    assert f"CAB/{NAME}" in world.pull()
    world.all_is_taken_once(LARGE)


def test_a_download_that_is_always_cut_leaves_the_delivery_for_later(world: World) -> None:
    world.put(content=LARGE)
    world.put("training_record_2025-12.csv")
    large = hashlib.sha256(NAME.encode()).hexdigest()[:12]
    spoiled(world, f"{large}/content", lambda answer: cut(answer, 0))
    assert world.pull() == ["CAB/training_record_2025-12.csv", BESIDE]
    assert world.state()[1]
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [f"CAB/{NAME}"]
    world.all_is_taken_once(LARGE, CONTENT)


def test_what_is_newer_waits_for_what_could_not_be_brought(world: World) -> None:
    older = f"older/{NAME}"
    world.put(older, LARGE)
    world.put(modified_at=(MODIFIED + dt.timedelta(days=1)).isoformat())
    spoiled(world, f"{hashlib.sha256(older.encode()).hexdigest()[:12]}/content", lambda answer: cut(answer, 0))
    assert world.pull() == [BESIDE], "else the older one would come after it, and stand"
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [f"CAB/{older}", f"CAB/{NAME}"]
    assert [delivery.name for delivery in receive.deliveries(world.root)][1:] == [f"CAB/{older}", f"CAB/{NAME}"]
    world.all_is_taken_once(LARGE, CONTENT)


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: Answer(412),
        lambda answer: Answer(404),
        lambda answer: Answer(410),
        with_header(ETag='"other"'),
        lambda answer: replace(answer, headers={**answer.headers, "Content-Length": "7"}, body=[b"1234567"]),
        lambda answer: replace(answer, headers={**answer.headers, "Content-Length": ""}, body=[LARGE, b"more"]),
        lambda answer: replace(answer, headers={**answer.headers, "Content-Length": ""}, body=[LARGE[:-1]]),
    ],
)
def test_what_is_not_what_was_listed_is_left_for_later(world: World, change: Callable[[Answer], Answer]) -> None:
    world.put(content=LARGE)
    spoiled(world, "/content", change)
    assert world.pull() == [BESIDE]
    assert world.state() == REACHED
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [f"CAB/{NAME}"]
    world.all_is_taken_once(LARGE)


def test_a_delivery_that_changes_while_it_is_read_is_taken_whole_later(world: World) -> None:
    world.put(content=LARGE)

    def overtaken(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/content") and "range" not in request.headers:
            world.put(content=LARGE + b"\n")
            return cut(answer, 300_000)
        return answer

    world.server.spoil = overtaken
    assert world.pull() == [BESIDE]
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [f"CAB/{NAME}"]
    world.all_is_taken_once(LARGE + b"\n")


def test_a_content_without_a_version_is_refused(world: World) -> None:
    world.put()
    spoiled(world, "/content", with_header(ETag=""))
    assert world.pull() == [BESIDE]
    assert world.state() == ("an answer bears no ETag, so that nobody knows its version", False)


def test_other_bytes_than_their_checksum_are_not_taken(world: World) -> None:
    world.put(sha256="0" * 64)
    world.pull()
    assert [(delivery.sha256, delivery.problem) for delivery in world.last if delivery.department == "CAB"] == [
        ("", receive.OTHER_CHECKSUM)
    ]
    world.put()
    assert world.pull() == [f"CAB/{NAME}"]


def test_what_is_not_for_us_is_told_to_the_sender_and_tried_again(world: World) -> None:
    world.put()
    spoiled(world, "/content", lambda answer: Answer(403))
    assert world.pull() == [f"CAB/{NAME}", BESIDE]
    assert [delivery.problem for delivery in world.last if delivery.department == "CAB"] == [UNOPENED]
    assert world.state() == REACHED
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == [f"CAB/{NAME}"]
    assert world.pull() == []


def test_a_file_that_is_too_large_is_refused_unopened(world: World) -> None:
    world.put()
    spoiled(world, "/deliveries", faulty_entry(size=10**12))
    assert f"CAB/{NAME}" in world.pull()
    assert "content" not in world.server.paths()


# Records.


def changed_records(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Callable[[Answer], Answer]:
    return lambda answer: page(answer, lambda told: told | {"records": change(told["records"])})


def saying(body: bytes) -> Callable[[Answer], Answer]:
    return lambda answer: replace(answer, headers={**answer.headers, "Content-Length": str(len(body))}, body=[body])


RAW = {
    "a number that is none": b'{"total": 25, "next": null, "records": [{"id": 1, "data": {"a": NaN}}]}',
    "a number without end": b'{"total": 25, "next": null, "records": [{"id": 1, "data": {"a": 1e999}}]}',
    "a field twice": b'{"total": 25, "next": null, "records": [{"id": 1, "data": {"a": 1, "a": 2}}]}',
    "half a character": b'{"total": 25, "next": null, "records": [{"id": 1, "data": {"a": "\\ud800"}}]}',
    "a record without number": b'{"total": 25, "next": null, "records": [{"data": {"a": 1}}]}',
    "a huge number": b'{"total": 25, "next": null, "records": [{"id": 9223372036854775808, "data": {}}]}',
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (changed_records(lambda records: records[1:]), "there are 24 records where their total says 25"),
        (changed_records(lambda records: [*records, records[0] | {"id": 99}]), "there are 26 records where"),
        (changed_records(lambda records: [*records, records[1] | {"id": 1}]), "two records bear the same id and are"),
        (lambda answer: page(answer, lambda told: told | {"total": 24}), "the list shows 25 where its total says 24"),
        (lambda answer: page(answer, lambda told: told | {"next": "0"}), "the pages have no end"),
        (lambda answer: replace(answer, headers={**answer.headers, "ETag": ""}), "an answer bears no ETag"),
        *[(saying(raw), "") for raw in RAW.values()],
    ],
)  # fmt: skip
def test_records_that_are_not_whole_are_not_taken(
    world: World, change: Callable[[Answer], Answer], reason: str
) -> None:
    world.put_records()
    spoiled(world, "/records", change)
    assert world.pull() == [BESIDE]
    told, is_passing = world.state()
    assert told.startswith(reason or ("a page of records is not as exchange.yaml says", "a record holds"))
    assert not is_passing
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == ["CAB/training_record_2026-01.json"]
    world.all_is_taken_once(canonical(ROWS))
    assert not [*world.root.work.rglob("*.sqlite")], "no records lie where nobody clears them away"


def test_pages_of_records_that_are_cut_are_asked_for_again_and_not_all_before_them(world: World) -> None:
    world.put_records()
    world.connect(page_size=10)
    left = [1]

    def once(request: Request, answer: Answer) -> Answer:
        if request.query.get("cursor") == "20" and left[0]:
            left[0] = 0
            return cut(answer, 40)
        return answer

    world.server.spoil = once
    assert "CAB/training_record_2026-01.json" in world.pull()
    assert world.server.paths().count("records") == 4
    world.all_is_taken_once(canonical(ROWS))


def test_records_of_two_versions_are_never_mixed(world: World) -> None:
    world.put_records()
    world.connect(page_size=10)
    other = [row | {"实际课时": "99"} for row in ROWS]

    def overtaken(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/records") and "cursor" not in request.query:
            world.put_records(other)
        return answer

    world.server.spoil = overtaken
    assert world.pull() == [BESIDE]
    world.server.spoil = lambda request, answer: answer
    assert world.pull() == ["CAB/training_record_2026-01.json"]
    world.all_is_taken_once(canonical(other))


def test_records_that_are_more_than_a_file_may_be_are_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.yaml").write_text("file_mb: 1\n")
    monkeypatch.setenv("SKILLS_LIMITS", str(tmp_path / "limits.yaml"))
    receive.limits.cache_clear()
    try:
        world.put_records([{"t": "x" * 1000}] * 3000)
        world.connect(page_size=500)
        assert "CAB/training_record_2026-01.json" in world.pull()
        (refused,) = [delivery for delivery in world.last if delivery.department == "CAB"]
        assert refused.sha256 == "" and refused.problem and "超过 1 MB" in refused.problem
        assert world.server.paths().count("records") < 6, "no more is read than shows that it is too much"
    finally:
        receive.limits.cache_clear()
