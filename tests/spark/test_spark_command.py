"""`skills build --engine spark` publishes what `skills run` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.harness import AS_OF, Skills
from warehouse.published import publication
from warehouse.store.data_root import Root

pytestmark = pytest.mark.spark


def test_a_build_by_spark_is_the_publication_of_the_run(tmp_path: Path) -> None:
    skills = Skills(Root(tmp_path / "data"))
    skills("demo", "--months", "2025-11:2026-01", "--scale", "0.02")
    skills("run", "--as-of", AS_OF)
    by_duckdb = publication.open_current(skills.root)
    skills.root.database.unlink()
    said = skills("build", "--engine", "spark", "--as-of", AS_OF).stdout
    assert "the same tables" in said
    assert publication.open_current(skills.root).publication_id == by_duckdb.publication_id
    assert skills.root.database.exists()
