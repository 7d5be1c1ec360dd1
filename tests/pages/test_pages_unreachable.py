"""A department and the bureau read which interfaces cannot be reached, and since when; what is reached is not told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pages.gather.bureau import BureauFacts
from pages.gather.department import DepartmentFacts
from pages.gather.sources import Sources
from pages.gather.unreachable import Unreachable, unreachable
from pages.render.bureau import bureau_page
from pages.render.department import department_page
from pages.words import CHANNELS
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.store import register
from warehouse.store.data_root import Root

NIGHT = dt.datetime(2026, 3, 1, 17)
"""UTC: it is 2 March in Shenzhen."""
AWAY = Unreachable("EDU", "sftp", "edu/EDU/*", NIGHT, ("certificate", "competition"))


def looks(*told: tuple[str, str, int, bool]) -> list[dict[str, object]]:
    """Department, dataset, day of March 2026, whether it was reached."""
    return [
        {
            "source_name": f"x/{department}/*",
            "channel": "sftp",
            "department_code": department,
            "dataset": dataset,
            "looked_at": dt.datetime(2026, 3, day),
            "is_reached": is_reached,
            "new_deliveries": 0,
            "refused_deliveries": 0,
            "reason": None if is_reached else "silent",
        }
        for department, dataset, day, is_reached in told
    ]


def asked(
    tmp_path: Path, rows: list[dict[str, object]], code: str | None = None
) -> list[tuple[str, int, tuple[str, ...]]]:
    path = tmp_path / "pull.parquet"
    pq.write_table(pa.Table.from_pylist(rows, register.PULL), path)
    with duckdb.connect() as connection:
        connection.execute(f"create view pull as from '{path}'")
        sources = Sources(Root(tmp_path), samples.AS_OF, [], [], str, connection, None)
        return [(away.department, away.since.day, away.datasets) for away in unreachable(sources, code)]


def test_away_is_what_was_not_reached_last_since_the_first_look_in_a_row(tmp_path: Path) -> None:
    rows = looks(
        ("EDU", "certificate", 1, False),
        ("EDU", "certificate", 2, True),
        ("EDU", "certificate", 3, False),
        ("EDU", "certificate", 4, False),
        ("EDU", "competition", 3, False),
        ("EDU", "competition", 4, False),
        ("TRA", "certificate", 3, False),
        ("TRA", "certificate", 4, True),
        ("HCD", "certificate", 2, False),
    )
    assert asked(tmp_path, rows) == [("HCD", 2, ("certificate",)), ("EDU", 3, ("certificate", "competition"))]
    assert asked(tmp_path, rows, "EDU") == [("EDU", 3, ("certificate", "competition"))]
    assert asked(tmp_path, rows, "TRA") == asked(tmp_path, []) == []


def test_a_department_reads_what_does_not_arrive_and_what_to_do() -> None:
    text = Page(department_page(DepartmentFacts("EDU", samples.AS_OF, unreachable=[AWAY]))).text
    assert "SFTP 服务器自2026年3月2日起无法连接。" in text
    assert "请先把文件放到收件箱文件夹报送" in text
    assert "无法连接" not in Page(department_page(DepartmentFacts("EDU", samples.AS_OF))).text


def test_the_bureau_reads_whose_it_is() -> None:
    text = Page(bureau_page(BureauFacts(samples.AS_OF, unreachable=[AWAY]))).text
    assert "教育局：《" in text
    assert "SFTP 服务器自2026年3月2日起无法连接。" in text


@pytest.mark.parametrize("channel", ["drop_folder", "object_storage", "sftp", "http_api", "database"])
def test_every_channel_has_its_words(channel: str) -> None:
    assert CHANNELS[channel]
