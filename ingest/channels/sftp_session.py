"""One SSH connection to a department's server, used by many threads: an event loop in a thread of its own.

Here: the pinned host key, the login, limits of time, and what an error means. Not here: what lies on the server
(`sftp_tree.py`), when a file is whole (`sftp.py`). Ends at steps that are carried out on the server.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncssh
from asyncssh import SFTPClient

from ingest.channels import Changed, Unreachable

T = TypeVar("T")
Step = Callable[[SFTPClient], Coroutine[Any, Any, T]]
CONNECT_SECONDS = 5
SILENT_SECONDS = 30
"""Without an answer; a login may take as long, since servers look up names first."""
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)
asyncssh.set_log_level("WARNING")  # at INFO it writes users and hosts


@dataclass(frozen=True)
class HostKeys:
    """`fingerprints`: of which the server must show one; none: it is refused with its own. `algorithms`: those of keys
    that are known in full, which are asked for first, since a server may have a key of each kind."""

    fingerprints: frozenset[str]
    algorithms: tuple[str, ...]


@dataclass(frozen=True)
class Login:
    """Whom to ask and as whom. `password` and `key` (a private key as text, with its passphrase) are secrets that are
    shown nowhere."""

    host: str
    port: int
    user: str
    host_keys: HostKeys
    password: str | None = None
    key: str | None = None
    passphrase: str | None = None

    def __repr__(self) -> str:
        return f"Login({self.host}:{self.port})"


def pinned(text: str) -> HostKeys:
    """The host keys of a setting, a line each: `SHA256:…`, or a public key with or without the host before it, as in
    `known_hosts`. ValueError says what is allowed."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    keys = [_public_key(words) for words in lines if not _is_fingerprint(words)]
    told = [words[0].rstrip("=") for words in lines if _is_fingerprint(words)]
    algorithms = (algorithm.decode() for key in keys for algorithm in key.sig_algorithms)
    return HostKeys(
        frozenset((*told, *(key.get_fingerprint() for key in keys))),
        tuple(algorithm for algorithm in algorithms if not algorithm.startswith("ssh-rsa")),  # with SHA-1
    )


def _is_fingerprint(words: list[str]) -> bool:
    return len(words) == 1 and words[0].startswith("SHA256:")


def _public_key(words: list[str]) -> asyncssh.SSHKey:
    key = next((number for number, word in enumerate(words) if word.startswith("AAAA") and number), 0)
    try:
        return asyncssh.import_public_key(" ".join(words[key - 1 : key + 1]))
    except asyncssh.KeyImportError:
        raise ValueError("host_key must be SHA256:… as ssh-keygen -l shows it, or a line of known_hosts") from None


class Session:
    """Connects at the first step, and again after the connection was lost."""

    def __init__(self, login: Callable[[], Login]) -> None:
        self._login = login
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()
        self._connecting = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: SFTPClient | None = None

    def do(self, step: Step[T]) -> T:
        """What a step gives; `Unreachable`, or the server's own `asyncssh.SFTPError` about a path. From any thread but
        the loop's."""
        return asyncio.run_coroutine_threadsafe(self._do(step), self._running()).result()

    def close(self) -> None:
        with self._starting:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._let_go(), loop).result()
            loop.call_soon_threadsafe(loop.stop)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                # Whoever waits for a step hears what became of it; asyncio would print also the reads behind a cut one.
                self._loop.set_exception_handler(lambda loop, context: None)
                threading.Thread(target=_run, args=(self._loop,), name="sftp", daemon=True).start()
            return self._loop

    async def _do(self, step: Step[T]) -> T:
        with _told():
            client = await self._connected()
            try:
                return await step(client)
            except (Unreachable, Changed, PermissionError):
                raise
            except (*_LOST, asyncssh.DisconnectError, OSError):
                if client is self._client:  # else another thread's step noticed before
                    await self._let_go()
                raise

    async def _connected(self) -> SFTPClient:
        async with self._connecting:
            if self._client is None or self._connection is None or self._connection.is_closed():
                await self._let_go()
                self._connection, self._client = await _opened(self._login())
            return self._client

    async def _let_go(self) -> None:
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()
            await connection.wait_closed()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


async def answered(asked: Awaitable[T]) -> T:
    """What the server says within the time that it may be silent."""
    return await asyncio.wait_for(asked, SILENT_SECONDS)


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the connection as `Unreachable`; of the library's own texts none is passed on, since a server writes
    them."""
    try:
        yield
    except (*_LOST, asyncssh.ConnectionLost):
        raise Unreachable("the server cut the connection") from None
    except asyncssh.SFTPError:
        raise
    except asyncssh.Error as error:
        raise Unreachable(f"the SSH connection failed: {type(error).__name__}") from None
    except TimeoutError:
        raise Unreachable(f"the server did not answer for {SILENT_SECONDS} seconds") from None
    except (Unreachable, Changed, PermissionError):
        raise
    except OSError:  # of the socket, which asyncssh hands on as it is
        raise Unreachable("the server cut the connection") from None


class _Pin(asyncssh.SSHClient):
    """Trusts a server that shows a pinned key; remembers what it showed."""

    def __init__(self, fingerprints: frozenset[str]) -> None:
        self._fingerprints = fingerprints
        self.shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        fingerprint = key.get_fingerprint()
        self.shown = f"{fingerprint} ({key.get_algorithm()})"
        return fingerprint in self._fingerprints

    @property
    def refusal(self) -> str:
        if not self._fingerprints:
            return (
                f"no host key is pinned; the server shows {self.shown}: "
                "compare it with what the department says, and write it as host_key"
            )
        return (
            f"the server shows another host key than the pinned one, {self.shown}: ask the department before you pin it"
        )


async def _opened(login: Login) -> tuple[asyncssh.SSHClientConnection, SFTPClient]:
    where = f"{login.host}:{login.port}"
    pin, options = _Pin(login.host_keys.fingerprints), _options(login)
    opened = await _socket(login.host, login.port)
    try:
        connection = await asyncssh.connect(
            login.host, login.port, sock=opened, client_factory=lambda: pin, options=options
        )
    except asyncssh.HostKeyNotVerifiable:
        raise Unreachable(pin.refusal, is_passing=False) from None
    except asyncssh.PermissionDenied:
        raise Unreachable(f"{where} refuses the login: check user and password or key", is_passing=False) from None
    except (asyncssh.KeyExchangeFailed, asyncssh.ProtocolNotSupported):
        raise Unreachable(f"{where} speaks no protocol or cipher that is safe enough", is_passing=False) from None
    except OSError as error:
        raise Unreachable(f"{where} cut the connection at the login: {_why(error)}") from None
    try:
        # Names are bytes: what is no UTF-8 must come as it is.
        return connection, await answered(connection.start_sftp_client(path_encoding=None))
    except (asyncssh.ChannelOpenError, asyncssh.SFTPError):
        connection.abort()
        raise Unreachable(f"{where} offers no SFTP to this user", is_passing=False) from None
    except BaseException:
        connection.abort()
        raise


def _options(login: Login) -> asyncssh.SSHClientConnectionOptions:
    """Nothing is taken from the files and agents of whoever runs this."""
    return asyncssh.SSHClientConnectionOptions(
        config=None,
        known_hosts=([], [], []),
        server_host_key_algs=f"^{','.join(algorithms)}" if (algorithms := login.host_keys.algorithms) else (),
        username=login.user,
        password=login.password,
        client_keys=[_private_key(login.key, login.passphrase)] if login.key else None,
        agent_path=None,
        gss_host=None,
        login_timeout=SILENT_SECONDS,
        connect_timeout=SILENT_SECONDS,
        keepalive_interval=SILENT_SECONDS / 3,
        keepalive_count_max=3,
    )


def _private_key(text: str, passphrase: str | None) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(text, passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        reason = "the private key cannot be read: check key and passphrase"
        raise Unreachable(reason, is_passing=False) from None


async def _socket(host: str, port: int) -> socket.socket:
    """The first address that answers in time."""
    try:
        opened = await asyncio.to_thread(socket.create_connection, (host, port), CONNECT_SECONDS)
    except TimeoutError:
        raise Unreachable(f"no connection to {host}:{port} within {CONNECT_SECONDS} seconds") from None
    except OSError as error:
        raise Unreachable(f"no connection to {host}:{port}: {_why(error)}") from None
    opened.setblocking(False)
    return opened


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
