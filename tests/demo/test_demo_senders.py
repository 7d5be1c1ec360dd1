"""Who sends what: a department that the demo's tables do not name gets a share of everything that it owes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from demo import senders, world
from demo.dialects import AS_THE_TEMPLATE, DIALECTS, dialect_of
from ingest.feed import feeds
from warehouse.vocabulary.period import parse

NEWCOMER = "JUS"
"""A department without its dialect is new to the demo."""


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Owes every dataset that anybody owes."""
    owed = [feed for feed in feeds() if not feed.is_optional]
    owing = {feed.dataset: replace(feed, department=NEWCOMER, districts=()) for feed in owed}
    others = [feed for feed in feeds() if feed.department != NEWCOMER]
    monkeypatch.delitem(DIALECTS, NEWCOMER)
    monkeypatch.setattr(senders, "feeds", lambda: (*others, *owing.values()))
    senders.units.cache_clear()
    yield NEWCOMER
    senders.units.cache_clear()


def test_a_newcomer_sends_something_of_everything_that_it_owes(newcomer: str) -> None:
    first, last = parse("2025-11"), parse("2026-04")
    assert first is not None
    assert last is not None
    built = world.build(first, last, 0.02, 7)
    sent = {name for name, rows in built.items() if newcomer in rows.unit.tolist()}
    assert sent == {name for name in built if newcomer in senders.units(name)}
    assert dialect_of(newcomer) == AS_THE_TEMPLATE


def test_of_what_a_unit_does_not_owe_the_city_reports_the_rows() -> None:
    unit = np.array(["STI", "CAB", "HRSS.440305"], dtype=object)
    assert senders.owes(unit, "certificate").tolist() == [False, True, True]
    assert senders.reporting(unit, "certificate").tolist() == [senders.CITY, "CAB", "HRSS.440305"]
