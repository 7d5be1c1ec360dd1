"""The command of the process that stays."""

from __future__ import annotations

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root


@cli.command()
@click.option("--check-only", is_flag=True, help="Answer skills check alone; take no arrivals.")
def serve(check_only: bool) -> None:
    """Stay with everything loaded: answer skills check at once, and receive, decide and report what arrives."""
    from orchestration.pipeline.service import Service

    Service(Root.default().make(), say, takes_arrivals=not check_only).run()
