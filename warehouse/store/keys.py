"""The key of the person tokens: read from the environment or from the file beside the data root, and made once.

What the key does is `warehouse.vocabulary.privacy`. Ends at `Key`.
"""

from __future__ import annotations

import hashlib
import os
import secrets

from warehouse.store import house
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import Key


def load_key(root: Root) -> Key:
    """The key that is set, and is that of the root's tokens."""
    key = key_set(root)
    house.admit(root, key)
    return key


def key_set(root: Root) -> Key:
    """`$SKILLS_KEY` (hex), else the key file beside the data root; `$SKILLS_TOKEN_ALGORITHM` is sha256 or sm3."""
    algorithm = os.environ.get("SKILLS_TOKEN_ALGORITHM", "sha256")
    if algorithm not in ("sha256", "sm3"):
        raise OperatorError(f"SKILLS_TOKEN_ALGORITHM is {algorithm}: set it to sha256 or sm3.")
    if algorithm == "sm3" and "sm3" not in hashlib.algorithms_available:
        raise OperatorError("This Python's OpenSSL has no SM3: install OpenSSL 3 or use sha256.")
    text = os.environ.get("SKILLS_KEY")
    if not text and root.key_file.is_file():
        text = root.key_file.read_text("ascii")
    if not text:
        raise OperatorError(
            f"There is no key for the person tokens: set SKILLS_KEY or write 64 hex digits to {root.key_file}."
        )
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        raise OperatorError("The key for the person tokens is not hexadecimal: use 64 hex digits.") from None
    if len(secret) < 32:
        raise OperatorError("The key for the person tokens is too short: use at least 64 hex digits.")
    return Key(secret, "sm3" if algorithm == "sm3" else "sha256")


def make_key(root: Root) -> None:
    """Writes a new key file beside the root, readable by its owner only, unless one stands there."""
    if not root.key_file.exists():
        descriptor = os.open(root.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
