"""Whether sources can be reached, and what can be seen there: for a person who sets up a connection.

Each is asked once, all side by side; nothing is taken, and the ledger is not written. Ends at answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ingest.channels import Channel, Ground, Source, Unreachable
from ingest.connections import Connections
from warehouse.vocabulary.errors import OperatorError

_SIDE_BY_SIDE = 16


@dataclass(frozen=True)
class Answer:
    """`told`: one line of what can be seen, or why the source is not reached."""

    source: Source
    is_reached: bool
    told: str


def answers(known: Connections, sources: Sequence[Source], ground: Ground) -> list[Answer]:
    """One for each source, in their order."""
    names = {source.connection for source in sources}
    channels = {name: known.connect(name, ground) for name in names}
    try:
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
            return [*threads.map(lambda source: _answer(channels[source.connection], source), sources)]
    finally:
        for channel in channels.values():
            channel.close()


def _answer(channel: Channel, source: Source) -> Answer:
    """What a channel did not foresee may hold anything in its text, so that its kind alone is told."""
    try:
        return Answer(source, True, channel.test(source))
    except Unreachable as cut:
        return Answer(source, False, cut.reason)
    except OperatorError as missing:
        return Answer(source, False, str(missing))
    except Exception as error:
        return Answer(source, False, f"the channel failed with {type(error).__name__}")
