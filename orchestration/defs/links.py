"""Where people open what Dagster tells of: addresses under the settings' `urls`, else files of the data root."""

from dataclasses import dataclass

import dagster as dg

from warehouse.store.data_root import Root
from warehouse.store.settings import settings


@dataclass(frozen=True)
class Links:
    """`pages`: under which address the reports are served; empty where they are not."""

    root: Root
    pages: str

    def page(self, place: str) -> dg.MetadataValue:
        """A page of the reports, by its place in the site."""
        if self.pages:
            return dg.MetadataValue.url(f"{self.pages}/{place}")
        return self.file(f"{self.root.reports.name}/{place.partition('#')[0]}")

    def file(self, place: str) -> dg.MetadataValue:
        """What is served nowhere, by its place in the data root."""
        return dg.MetadataValue.path(f"{self.root.path}/{place}")


def links(root: Root) -> Links:
    return Links(root, settings().urls.pages.rstrip("/"))
