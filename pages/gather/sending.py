"""Where a unit sends, when that is collected next, in which template, and whom it asks: what lets it act on a page.

Of one submission and of a unit's page alike. Where things lie in the site is `site_map`. Ends at plain facts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from ingest import feed as feeds
from ingest.channels import drop_folder
from ingest.collection import next_collection
from ingest.connections import connections
from pages.gather import deadlines
from pages.gather.deadlines import Workdays
from warehouse.vocabulary import policy


@dataclass(frozen=True)
class Sending:
    """`folder`: where to put a file, as people are told it; `datasets`: those that have a template of the department;
    `collected_on`: the next day on which it is collected by the calendar, null where nothing is waited for;
    `workdays`: how many days the unit and the bureau have; `fetched`: by channel the datasets that are fetched by it,
    so that nothing need be put anywhere."""

    folder: str
    contact: str
    datasets: tuple[str, ...]
    collected_on: dt.date | None
    workdays: Workdays
    fetched: tuple[tuple[str, tuple[str, ...]], ...] = ()


def channels() -> dict[tuple[str, str], str]:
    """Department and dataset → the channel by which it is fetched, of those that are."""
    known = connections()
    if not any(source.department for source in known.sources):
        return {}
    sources = {(feed.department, feed.dataset): known.of_feed(feed) for feed in feeds.feeds()}
    return {feed: source.channel for feed, source in sources.items() if source.department}


class SendingDay:
    """What is asked of feeds and policy for one day, once for the pages of all submissions: one by one it would cost
    3 ms for each of 2,000."""

    def __init__(self, as_of: dt.date) -> None:
        self._as_of = as_of
        self._contact = policy.value("correction_contact", as_of)
        self._workdays = deadlines.workdays(as_of)
        self._datasets: dict[str, list[str]] = defaultdict(list)
        self._channel_of = channels()
        for feed in feeds.feeds():
            for unit in feed.units:
                self._datasets[unit].append(feed.dataset)
        self._collected: dict[str | None, dt.date] = {}

    def of_unit(self, unit: str) -> Sending:
        """Of all that a department or a district unit owes."""
        return self._sending(unit, tuple(self._datasets.get(unit, ())), self._collected_on(None))

    def of_submission(self, unit: str, dataset: str, *, is_awaited: bool) -> Sending:
        """Of one dataset of a unit. `is_awaited`: something is expected of the unit or of the next build; where nothing
        is, the page must not be another because a day has passed."""
        owed = (dataset,) if dataset in self._datasets.get(unit, ()) else ()
        return self._sending(unit, owed, self._collected_on(dataset) if is_awaited else None)

    def _sending(self, unit: str, datasets: tuple[str, ...], collected_on: dt.date | None) -> Sending:
        return Sending(
            drop_folder.folder(unit),
            self._contact,
            datasets,
            collected_on,
            self._workdays,
            self._fetched(unit, datasets),
        )

    def _fetched(self, unit: str, datasets: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        department, _, _ = unit.partition(".")
        by_channel: dict[str, list[str]] = defaultdict(list)
        for dataset in datasets:
            channel = self._channel_of.get((department, dataset))
            if channel:
                by_channel[channel].append(dataset)
        return tuple((channel, tuple(names)) for channel, names in sorted(by_channel.items()))

    def _collected_on(self, dataset: str | None) -> dt.date:
        if dataset not in self._collected:
            self._collected[dataset] = next_collection(feeds.feeds(), self._as_of, dataset)
        return self._collected[dataset]
