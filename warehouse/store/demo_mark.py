"""The mark of a data root whose deliveries are the demo's, so that nothing of it is taken for real.

`demo.json` in the root, written before the first file: the moment at which each file of the demo would have come. Only
in a root so marked do these moments stand for our own clock. Ends at moments by file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from warehouse.store.data_root import Root
from warehouse.store.register import dump_json
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError


def is_demo(root: Root) -> bool:
    return root.demo_mark.is_file()


def refuse_real(root: Root) -> None:
    """A root that holds deliveries and is not marked holds real ones: no demo may be mixed with them."""
    if not is_demo(root) and root.deliveries.is_file() and root.deliveries.stat().st_size:
        raise OperatorError(
            f"The data root {root.path} holds deliveries that are no demo: point SKILLS_HOME at a folder of its own."
        )


def mark(root: Root, arrivals: Mapping[str, dt.datetime]) -> None:
    """`arrivals`: path in the inbox → when the file would have come."""
    refuse_real(root)
    dump_json(root.demo_mark, {"arrivals": {name: clock.utc_text(moment) for name, moment in arrivals.items()}})


def arrivals(root: Root) -> Mapping[str, dt.datetime]:
    """As `mark` was given them; none in a root that is no demo."""
    if not is_demo(root):
        return {}
    try:
        told = json.loads(root.demo_mark.read_text("utf-8"))["arrivals"]
        return {name: dt.datetime.fromisoformat(moment) for name, moment in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OperatorError(
            f"{root.demo_mark} is damaged: call skills demo again on a new root, or restore the file from a backup."
        ) from None
