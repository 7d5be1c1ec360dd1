"""Why a run of Dagster's failed, from its events: where, and the root of the error.

On the terminal all of it is said, without identifiers; what is kept in logs and sent in alerts is our sentence where
the error is ours, else its kind alone, for its message may quote a value. Ends at sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from orchestration.pipeline import mishaps
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import redact

_PREFIX = re.compile(r"^[\w.]+: ")


def said(events: Iterable[dg.DagsterEvent], root: Root) -> str:
    """For who sits at the terminal: the first failed step, else the run's own failure."""
    for where, error in _errors(events):
        message = error.message.strip() if error else "no message"
        return f"{where}: {redact(mishaps.sentence(message, str(root.path)) or message)}"
    return "no step ran."


def kept(events: Iterable[dg.DagsterEvent], root: Root) -> str:
    """What may be written down and sent of the same."""
    for where, error in _errors(events):
        if error is not None:
            mishap = mishaps.sentence(error.message, str(root.path))
            is_ours = error.cls_name in _our_names()
            return f"{where}: {mishap or (_PREFIX.sub('', error.message.strip()) if is_ours else error.cls_name)}"
    return "its process ended without a word: killed, or the machine stopped"


def _errors(events: Iterable[dg.DagsterEvent]) -> Iterator[tuple[str, Any]]:
    """Of steps, then of the run, each with the root of its error; a run that somebody else reported as failed has
    none."""
    for event in sorted(events, key=lambda event: not event.is_step_failure):
        if event.is_step_failure or event.is_run_failure:
            error = getattr(event.event_specific_data, "error", None)
            while error is not None and error.cause is not None:
                error = error.cause
            yield f"step {event.step_key}" if event.is_step_failure else "the run", error


def _our_names() -> set[str]:
    """Kinds of errors whose message is a sentence of ours."""
    names, waiting = {dg.Failure.__name__}, [OperatorError]
    while waiting:
        kind = waiting.pop()
        names.add(kind.__name__)
        waiting += kind.__subclasses__()
    return names
