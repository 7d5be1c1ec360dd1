"""The status page: every unit, dataset and period with its state, outcome and due day; what is open comes first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pages import site_map, words
from pages.gather.status import StatusFacts
from pages.render.status import status_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page

FACTS = StatusFacts(samples.AS_OF, samples.grid())


def page(*rows: dict[str, Any], site: str = "") -> Page:
    return Page(status_page(StatusFacts(samples.AS_OF, rows) if rows else FACTS, site))


def test_the_page_is_whole_and_needs_nothing_from_outside() -> None:
    read = page()
    assert not read.mistakes
    assert not [address for address in read.addresses() if ":" in address or address.startswith("//")]


def test_every_feed_has_a_line_that_can_be_linked_to() -> None:
    lines = [attributes["id"] for attributes in page().all("tr") if attributes.get("id")]
    assert lines == [*dict.fromkeys(lines)]
    assert set(lines) == {site_map.status_line(row["unit_code"], row["dataset"]) for row in FACTS.grid}


def test_every_cell_says_in_words_what_its_mark_means_and_when_it_was_due() -> None:
    cells = [cell["title"] or "" for cell in page().all("td") if cell.get("title")]
    assert len(cells) == len(FACTS.grid)
    assert all("；截止 202" in cell for cell in cells)
    assert {words.GRID_STATES["missing"], words.GRID_STATES["not_due"]} <= {cell.split("；")[0] for cell in cells}


def test_where_nothing_stands_the_due_day_is_to_be_seen() -> None:
    nothing = samples.grid_row(**samples.NOTHING_CAME | {"state": "not_due", "standing": None})
    assert "截止 11/10" in page(nothing).text
    assert "截止 11/10" not in page(samples.grid_row()).text


def test_what_is_open_is_listed_worst_first_with_outcome_and_due_day() -> None:
    nothing = samples.NOTHING_CAME | {"state": "missing", "standing": None}
    rows = [
        samples.grid_row(dataset="training_class", outcome="partly_accepted", held_rows=2),
        samples.grid_row(dataset="competition", **nothing),
        samples.grid_row(dataset="attendance", outcome="rejected", standing="refused", latest_outcome="rejected"),
        samples.grid_row(dataset="certificate", **samples.AWAITS),
        samples.grid_row(dataset="talent_award"),
    ]
    facts = StatusFacts(samples.AS_OF, rows)
    assert [row["dataset"] for row, _ in facts.open_rows] == [
        "attendance",
        "competition",
        "training_class",
        "certificate",
    ]
    text = page(*rows).text
    assert "4 份" in text and words.OUTCOMES["rejected"] in text and words.day(dt.date(2026, 11, 10)) in text


def test_where_nothing_is_open_it_says_so() -> None:
    assert "没有未办结的报送。" in page(samples.grid_row()).text


def test_links_lead_into_the_site_from_where_the_page_lies() -> None:
    addresses = page(samples.grid_row(), site="../reports/").addresses()
    assert "../reports/CAB/CAB-a.html" in addresses
    assert all(address.startswith("../reports/") for address in addresses)
