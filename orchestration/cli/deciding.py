"""Commands by which several processes share the deciding of one root; the ordinary run commits what they give."""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock


@cli.command()
@click.option("--list", "is_list", is_flag=True, help="Receive what came; print what waits, one JSON line each.")
@click.option(
    "--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Decide those of this file."
)
def decide(is_list: bool, batch: Path | None) -> None:
    """Decide submissions beside a run, in any number of processes; the next run commits what they decided."""
    from orchestration.pipeline import decide_batch
    from orchestration.pipeline.run import Run

    if is_list == (batch is not None):
        raise click.UsageError("Give either --list or --batch FILE.")
    root = Root.default().make()
    run = Run(root, clock.today(), clock.now())
    if batch is None:
        decide_batch.receive_new(run)
        for line in decide_batch.waiting_lines(root):
            say(line)
        return
    lines = batch.read_text("utf-8").splitlines()
    decided, left = decide_batch.decide_batch(run, lines)
    say(f"{decided:,} submissions decided, {left:,} left to the run that commits them.")
