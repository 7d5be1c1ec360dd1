"""A small stored root and the workers that read it, for the tests of what is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.pool import Pool
from tests.orchestration import stored
from warehouse.store.data_root import Root


@pytest.fixture(scope="module")
def readers() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory, readers: Pool) -> Root:
    """Only to be copied."""
    return stored.lay(Root(tmp_path_factory.mktemp("laid") / "data"), readers)
