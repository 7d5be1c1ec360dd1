"""Parquet files that are byte-equal for the same rows: fixed settings, one thread, no metadata of the machine.

Which rows and in what order is the caller's. Ends at bytes.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

_SMALL = 1000
"""Rows below which strong compression, dictionaries and statistics cost more than they give."""
_ROW_GROUP = 100_000
"""Rows: several groups, so that a reader's threads share a large file."""


def content(table: pa.Table) -> bytes:
    """A table as the bytes of one Parquet file."""
    is_large = table.num_rows > _SMALL
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata(None),
        sink,
        row_group_size=_ROW_GROUP,
        compression="zstd" if is_large else "snappy",
        store_schema=False,
        use_dictionary=is_large,
        write_statistics=is_large,
    )
    return bytes(sink.getvalue())
