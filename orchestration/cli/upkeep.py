"""Commands that look after what is stored: compare all of it, make its tokens anew."""

from __future__ import annotations

import sys

from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root


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
def rekey() -> None:
    """Make all tokens anew with the key that is set; killed, it goes on when called again. Then call skills run."""
    from orchestration.pipeline import renewal
    from orchestration.pipeline import run as steps
    from warehouse.store import keys, lock
    from warehouse.vocabulary import clock

    root = Root.default().make()
    with lock.hold(root, *lock.RHYTHMS):
        count = renewal.rekey(steps.Run(root, clock.today(), clock.now()))
    say(f"{count:,} submissions decided anew with key {keys.load_key(root).key_id}; call skills run to publish.")
