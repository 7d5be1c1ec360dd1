"""The tables of a file as sent, for its correction workbook."""

from __future__ import annotations

from pathlib import Path

from ingest import feed
from ingest.read import Job
from ingest.sent_tables import sent_tables
from warehouse.vocabulary import contract


def test_a_file_of_a_feed_that_was_retired_since_is_read_in_the_words_of_the_contract(tmp_path: Path) -> None:
    dataset = contract.dataset("institution_directory")
    assert feed.live("IIT", dataset.name) is None  # retired.yaml says so
    titles = [field.title for field in dataset.fields]
    path = tmp_path / "content"
    path.write_text("\n".join([",".join(titles), *(f"{n}{',x' * (len(titles) - 1)}" for n in range(3))]), "utf-8")
    (table,) = sent_tables([Job("S", path, "名录.csv", dataset.name, "IIT")])
    assert table.fields == [field.name for field in dataset.fields]
    assert len(table.rows) == 3
