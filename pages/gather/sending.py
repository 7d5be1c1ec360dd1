"""Where a unit sends, when that is collected next, in which template, and whom it asks: what lets it act on a page.

Of one submission and of a unit's page alike. Where things lie in the site is `site_map`. Ends at plain facts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ingest import feed as feeds
from ingest.channels import drop_folder
from ingest.collection import next_collection
from warehouse.vocabulary import deadline, policy


@dataclass(frozen=True)
class Sending:
    """`folder`: where to put a file, as people are told it; `datasets`: those that have a template of the department;
    `collected_on`: the next day on which it is collected by the calendar, null where nothing is waited for;
    `correction_workdays`, `exception_workdays`: how many working days a unit has to correct, and the bureau to answer a
    request for an exception."""

    folder: str
    contact: str
    datasets: tuple[str, ...]
    collected_on: dt.date | None
    correction_workdays: int
    exception_workdays: int


def of_unit(unit: str, as_of: dt.date) -> Sending:
    """Of all that a department or a district unit owes."""
    owed = [feed for feed in feeds.feeds() if unit in feed.units]
    return _sending(unit, as_of, tuple(feed.dataset for feed in owed), next_collection(feeds.feeds(), as_of))


def of_submission(unit: str, dataset: str, as_of: dt.date, *, is_awaited: bool) -> Sending:
    """Of one dataset of a unit. `is_awaited`: something is expected of the unit or of the next build; where nothing is,
    the page must not be another because a day has passed."""
    owed = any(unit in feed.units and feed.dataset == dataset for feed in feeds.feeds())
    collected_on = next_collection(feeds.feeds(), as_of, dataset) if is_awaited else None
    return _sending(unit, as_of, (dataset,) if owed else (), collected_on)


def _sending(unit: str, as_of: dt.date, datasets: tuple[str, ...], collected_on: dt.date | None) -> Sending:
    return Sending(
        folder=drop_folder.folder(unit),
        contact=policy.value("correction_contact", as_of),
        datasets=datasets,
        collected_on=collected_on,
        correction_workdays=deadline.workdays("correction_workdays", as_of),
        exception_workdays=deadline.workdays("exception_answer_workdays", as_of),
    )
