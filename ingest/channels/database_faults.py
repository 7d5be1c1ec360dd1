"""What a database's refusal means: whether another try may help, and one sentence that says what to set right.

No word of the driver's own text is repeated: it may hold values of rows, and names. Ends at `Unreachable`.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.channels import Unreachable

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_NO_TABLE = "the table or view is not there, or was renamed: correct table, schema or query"
_NO_COLUMN = "a column is not there, or was renamed: correct the columns that the feed names"
_NO_RIGHT = "the user may not read the table, or it is not there: grant select, or correct the table"
_NO_QUERY = "the server does not understand the query: correct it, and see whether the columns are of the right kind"
_BAD_VALUE = "a value of a row cannot be read by the driver or compared by the server: correct the row or the query"
_TOO_LONG = "a statement took longer than statement_seconds: give the table an index on period, or more seconds"
_OTHER_ROWS = "the server gave up the snapshot because of what happened to the table meanwhile"

_PERMANENT = {
    "42P01": _NO_TABLE,
    "3F000": _NO_TABLE,
    "3D000": _NO_TABLE,
    "1146": _NO_TABLE,
    "1049": _NO_TABLE,
    "42703": _NO_COLUMN,
    "1054": _NO_COLUMN,
    "42501": _NO_RIGHT,
    "1142": _NO_RIGHT,
    "1143": _NO_RIGHT,
    "1044": _NO_RIGHT,
    "1370": _NO_RIGHT,
    "42883": _NO_QUERY,
    "42601": _NO_QUERY,
    "42804": _NO_QUERY,
    "42P18": _NO_QUERY,
    "1064": _NO_QUERY,
    "1305": _NO_QUERY,
}
"""By SQLSTATE, and by number of MySQL and MariaDB."""
_PASSING = {
    "57014": _TOO_LONG,
    "3024": _TOO_LONG,
    "1969": _TOO_LONG,
    "40001": _OTHER_ROWS,
    "1412": _OTHER_ROWS,
    "55P03": "the table is locked by somebody else",
    "1205": "the table is locked by somebody else",
}
_BUSY = {"53300", "57P03", "1040", "1203", "1226", "1053"}
_AWAY = {"2002", "2003", "2005", "2006", "2013", "2014", "2055", "1927", "57P01", "57P02"}
_REFUSED_LOGIN = {"1045", "1044", "1049", "1129", "1130", "1251", "1698", "1862", "4151", "28000", "28P01"}
_SAYS_BUSY = ("starting up", "shutting down", "too many", "remaining connection slots", "recovery mode")
_SAYS_AWAY = (
    "refused\n",
    "timeout",
    "timed out",
    "translate host name",
    "resolve host",
    "closed the connection",
    "route to host",
    "network is unreachable",
    "reset by peer",
    "no such file or directory",
    "is the server running",
    "could not receive data",
    "eof detected",
)
"""Before a login libpq gives text alone, its own in English; a server's may be in any language."""
_SAYS_TLS = ("certificate", "ssl error", "does not support ssl", "ssl connection", "tls")


@contextmanager
def of_login(user: str) -> Iterator[None]:
    """What goes wrong while a connection is made."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        raise _login(error, user) from None
    except RuntimeError:
        # The driver lacks a library for the way in which the server wants the password.
        raise Unreachable("the server asks for the password in a way that needs TLS here", is_passing=False) from None


@contextmanager
def of_query() -> Iterator[None]:
    """What goes wrong on a connection that stands."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        raise _query(error) from None
    except UnicodeDecodeError:
        raise Unreachable(_BAD_VALUE, is_passing=False) from None


def _login(error: DBAPIError, user: str) -> Unreachable:
    code, said = _code(error), str(error.orig).lower()
    cause = getattr(error.orig, "original_exception", None)
    says_hba = "pg_hba" in said
    if not says_hba and (
        code == "2026" or isinstance(cause, ssl.SSLError) or any(words in said for words in _SAYS_TLS)
    ):
        return Unreachable(
            "the server has no TLS or shows a certificate that is not trusted: set tls and ca", is_passing=False
        )
    if code in _BUSY or any(words in said for words in _SAYS_BUSY):
        return Unreachable("the server takes no more connections at the moment")
    if code in _REFUSED_LOGIN or says_hba:
        return _refused_login(user)
    if code in _AWAY or any(words in f"{said}\n" for words in _SAYS_AWAY):
        return Unreachable("the server did not answer")
    return _refused_login(user) if not code else _query(error)


def _refused_login(user: str) -> Unreachable:
    return Unreachable(
        f"the login of {user or 'the user'} was refused: check user, password, database and the server's access rules",
        is_passing=False,
    )


def _query(error: DBAPIError) -> Unreachable:
    from sqlalchemy.exc import DataError, ProgrammingError

    code = _code(error)
    if code in _PERMANENT:
        return Unreachable(_PERMANENT[code], is_passing=False)
    if code in _PASSING:
        return Unreachable(_PASSING[code])
    if error.connection_invalidated or code in _AWAY:
        return Unreachable("the connection was cut while rows were read")
    if isinstance(error, DataError):
        return Unreachable(_BAD_VALUE, is_passing=False)
    if isinstance(error, ProgrammingError):
        return Unreachable(f"{_NO_QUERY}{_numbered(code)}", is_passing=False)
    return Unreachable(f"the server gave an error{_numbered(code)}")


def _numbered(code: str) -> str:
    return f" ({code})" if code else ""


def _code(error: DBAPIError) -> str:
    """The number that MySQL and MariaDB give, which says more than their SQLSTATE, else that; empty without either."""
    first = error.orig.args[0] if error.orig is not None and error.orig.args else ""
    if isinstance(first, int):
        return str(first)
    return str(getattr(error.orig, "sqlstate", None) or "")
