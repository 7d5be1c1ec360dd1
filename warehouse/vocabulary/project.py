"""Where the project's own files lie: contracts, reference tables, the project's folder.

Names only. Where data lie is `warehouse.store.data_root`.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
PROJECT = PACKAGE.parent
CONTRACTS = PACKAGE / "contracts"
REFERENCE = PACKAGE / "reference"
