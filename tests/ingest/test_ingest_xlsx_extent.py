"""How far a sheet reaches, told from the references in its XML, wherever these lie in it."""

from __future__ import annotations

import pytest

from ingest.readers import xlsx


@pytest.mark.parametrize(("reference", "columns"), [("A12", 52), ("AZ12", 52), ("BA12", 702), ("AAA12", 2**14)])
def test_a_reference_is_seen_across_the_edge_of_what_is_looked_at_at_once(reference: str, columns: int) -> None:
    cell = f'"{reference}"'.encode()
    for before in range(xlsx._CHUNK - 12, xlsx._CHUNK + 2):
        for behind in range(8):
            assert xlsx._columns_at_most(b"." * before + cell + b"." * behind) == columns
