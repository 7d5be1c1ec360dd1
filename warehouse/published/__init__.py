"""What is published: publications, their figures opened and compared, their marts for BI tools and notebooks.

`from warehouse.published import open_publication` is the way in for notebooks and scripts; all else is imported from
its module. How marts are built is `dbt_project/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.published.publication_frames import PublicationFrames

__all__ = ["open_publication"]


def open_publication(name: str | Path = "latest", *, home: str | Path | None = None) -> PublicationFrames:
    """A publication as typed pandas DataFrames.

    Args:
        name: `latest`, `previous`, an id or the beginning of one; or the folder of a publication, wherever it lies, as
            for those who may read `published/` alone.
        home: the data root, if not the one that the settings name.

    Raises:
        OperatorError: one sentence on what is unknown or damaged.
    """
    from warehouse.published import publication, publication_frames
    from warehouse.store.data_root import Root

    if isinstance(name, Path):
        return publication_frames.PublicationFrames(publication.open_folder(name))
    root = Root(Path(home).resolve()) if home else Root.default()
    return publication_frames.PublicationFrames(publication.open_publication(root, name))
