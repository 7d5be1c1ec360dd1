"""Keeps pandas out of a process that needs none.

PyArrow and DuckDB look for it at their first array and first parameter, whoever asks: 0.25 s and 40 MB in every command
and every worker. Where it cannot be found they do without. Great Expectations needs it: a command that calls for those
lets it in.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Refusing(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError("This process does without pandas.", name=fullname)
        return None


_REFUSING = _Refusing()


def keep_out() -> None:
    if _REFUSING not in sys.meta_path:
        sys.meta_path.insert(0, _REFUSING)


def let_in() -> None:
    if _REFUSING in sys.meta_path:
        sys.meta_path.remove(_REFUSING)
