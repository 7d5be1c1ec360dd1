"""Commands over connections: whether what feeds come from can be reached."""

from __future__ import annotations

import sys

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError


@cli.group()
def connections() -> None:
    """Connections: where feeds come from, as connections.yaml says."""


@connections.command()
@click.argument("name", metavar="CONNECTION", required=False)
def test(name: str | None) -> None:
    """Say what can be seen at each source, or at those of one connection, and why one cannot be reached (exit 1)."""
    from ingest import connections as known_connections
    from ingest import reachable
    from ingest.channels import Ground

    known = known_connections.connections()
    sources = [source for source in known.sources if name in (None, source.connection)]
    if not sources:
        names = ", ".join(connection.name for connection in known.connections)
        raise OperatorError(f"No feed comes by a connection {name}; there are {names}.")
    root = Root.default()
    told = reachable.answers(known, sources, Ground(root.inbox, root.work, quiet_seconds=0))
    for answer in told:
        state = "" if answer.is_reached else "not reached: "
        say(f"{answer.source.name} ({answer.source.channel}): {state}{answer.told}")
    sys.exit(0 if all(answer.is_reached for answer in told) else 1)
