"""Commands that look after a house: examine it, prune it, back it up, compare all that it stores, make its tokens
anew."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root

MB = 2**20


@cli.command()
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
def doctor(engine: str) -> None:
    """Check all settings and the machine: a line for each subject; what is wrong with what to do (exit 1)."""
    from orchestration.defs.cadence import is_cron
    from orchestration.pipeline.doctor import examine

    is_well = True
    for answer in examine(is_cron, engine):
        for complaint in answer.complaints:
            say(f"WRONG  {answer.subject}: {complaint}")
        if not answer.complaints:
            say(f"ok     {answer.subject}")
        is_well = is_well and not answer.complaints
    if not is_well:
        sys.exit(1)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
def prune(dry_run: bool) -> None:
    """Delete what is derived and no longer needed, by the settings' retention; every deletion is told in a log."""
    from orchestration.defs import run_pruning
    from orchestration.pipeline import pruning
    from warehouse.store import lock
    from warehouse.store.settings import settings
    from warehouse.vocabulary import clock

    root, told, now = Root.default().make(), settings(), clock.now()
    if dry_run:
        removals = [*pruning.planned(root, told, now), *run_pruning.planned(root, told, now)]
    else:
        removals = [*pruning.prune(root, told, now, lock.SHORTLY), *run_pruning.prune(root, told, now)]
    for removal in removals:
        say(f"{removal.subject}: {removal.size / MB:,.1f} MB: {removal.reason}")
    freed = sum(removal.size for removal in removals) / MB
    say(f"{root.path}: {freed:,.1f} MB {'would be' if dry_run else 'were'} freed.")


@cli.command()
@click.argument("destination", type=click.Path(file_okay=False, path_type=Path))
@click.option("--with-key", is_flag=True, help="Put the key of the tokens into it too: guard it as you guard the key.")
def backup(destination: Path, with_key: bool) -> None:
    """Back up the data root into a folder of backups on another disk, while everything goes on; compared when written.
    What has not changed is shared with the backup before."""
    from orchestration.pipeline import backing_up
    from warehouse.vocabulary import clock

    root = Root.default()
    written = backing_up.back_up(root, destination, clock.now(), with_key=with_key)
    say(
        f"{written.backup.folder}: {len(written.backup.files):,} files, of them {written.copied:,} new "
        f"({written.copied_bytes / MB:,.1f} MB); all are what the logs say."
    )
    key_id = written.backup.facts["key_id"]
    if with_key:
        say(f"The key {key_id} is in it ({written.backup.key_file.name}): whoever reads it can find persons again.")
    else:
        say(f"The key {key_id} is not in it: keep a copy of it in another place, without it nothing can be decided.")
    if not root.inbox.is_relative_to(root.path):
        say(f"The inbox {root.inbox} is not in it: what lies there and was not received yet is its owner's to keep.")


@cli.command()
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", metavar="ROOT", type=click.Path(path_type=Path))
def restore(source: Path, target: Path) -> None:
    """Restore a backup (or the newest in a folder of backups) as a new data root, compared with its logs."""
    from orchestration.pipeline import backing_up

    root = Root(target.resolve())
    whole = backing_up.restore(source, root, say)
    say(f"{root.path}: {len(whole.files):,} files of {whole.facts['at']}, all what the logs say.")
    if not root.key_file.exists():
        say(f"Set SKILLS_KEY, or write the key {whole.facts['key_id']} to {root.key_file}.")
    say(f"Then set SKILLS_HOME (or data_root) to {root.path} and call skills run, which makes anew what is derived.")


@cli.command()
def verify() -> None:
    """Compare everything stored with what the logs say; names each damaged part (exit 1) and what to do."""
    from orchestration.pipeline import storage
    from warehouse.store import house, lock

    root = Root.default().make()
    with lock.hold(root, *lock.RHYTHMS):
        house.refuse_moving(root)
        said = storage.verify(root)
    for sentence in said:
        say(sentence)
    if said:
        sys.exit(1)
    say(f"{root.path}: everything stored is what the logs say.")


@cli.command()
@click.option(
    "--without-signal-steps",
    is_flag=True,
    help="Give up what was decided on signals where it cannot be told anew: those of persons are new again.",
)
def rekey(without_signal_steps: bool) -> None:
    """Make all tokens anew with the key that is set; killed, it goes on when called again. Then call skills run."""
    from orchestration.pipeline import renewal
    from orchestration.pipeline import run as steps
    from warehouse.store import keys, lock
    from warehouse.vocabulary import clock

    root = Root.default().make()
    with lock.hold(root, *lock.RHYTHMS):
        run = steps.Run(root, clock.today(), clock.now())
        count = renewal.rekey(run, has_signal_steps=not without_signal_steps)
    say(f"{count:,} submissions decided anew with key {keys.load_key(root).key_id}; call skills run to publish.")
