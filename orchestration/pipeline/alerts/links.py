"""Where a message leads: an address where the settings name one, else a path on the machine. Ends at texts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from warehouse.store.data_root import Root
from warehouse.store.settings import Urls


@dataclass(frozen=True)
class Links:
    """`urls.pages` is the address of the reports site, `urls.webserver` that of Dagster's web interface."""

    root: Root
    urls: Urls

    def page(self, place: str) -> str:
        """A page of the reports site; `place` as `pages.site_map` says it."""
        return self.address(place) or str(self.root.reports / unquote(place))

    def address(self, place: str) -> str | None:
        """Its address alone, for those who cannot open our files."""
        return f"{self.urls.pages.rstrip('/')}/{place}" if self.urls.pages else None

    def run(self, run_id: str | None, log_file: str) -> str:
        """A run in the web interface, else the log of runs."""
        if self.urls.webserver and run_id:
            return f"{self.urls.webserver.rstrip('/')}/runs/{run_id}"
        return log_file

    def asset(self, path: str) -> str:
        """An asset in the web interface, else the bureau's page."""
        if self.urls.webserver:
            return f"{self.urls.webserver.rstrip('/')}/assets/{path}"
        return self.page("index.html")
