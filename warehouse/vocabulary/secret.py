"""A password, token or address that stands nowhere in a settings file: only where it is, a variable or a file.

It is read when it is used, and shows itself in no text, log or exception. Which keys of a file are secrets says the
dataclass that the file is read into (`typed_file`). Ends at the text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from warehouse.vocabulary.errors import OperatorError

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Secret:
    """Text with variables, as `${NAME}` or `Bearer ${NAME}`, or a file that holds the text; never the text itself."""

    template: str = field(default="", repr=False)
    file: Path | None = field(default=None, repr=False)
    allowed = "a reference: ${NAME} of an environment variable, or {file: path}; the secret itself stands in no file"

    @classmethod
    def of(cls, value: object, folder: Path) -> Self:
        """As a settings file writes it, with a relative path meant from `folder`; ValueError: what is allowed."""
        if isinstance(value, Mapping) and value.keys() == {"file"} and isinstance(value["file"], str):
            return cls(file=folder / value["file"])
        if isinstance(value, str) and cls._fits(value):
            return cls(template=value)
        raise ValueError(cls.allowed)

    @classmethod
    def _fits(cls, text: str) -> bool:
        return bool(_VARIABLE.search(text))

    @property
    def is_reference(self) -> bool:
        """Whether any of it lies elsewhere; an address may hold nothing to hide."""
        return self.file is not None or bool(_VARIABLE.search(self.template))

    def reveal(self) -> str:
        """The text; `OperatorError` names the variable or the file that is missing."""
        if self.file is not None:
            return _content(self.file)
        return _VARIABLE.sub(lambda match: _variable(match[1]), self.template)


class Address(Secret):
    """An address, with variables where it holds a secret, as the key of a webhook."""

    allowed = "an address, where it holds a secret with ${NAME} in its place; or {file: path}"

    @classmethod
    def _fits(cls, text: str) -> bool:
        return bool(text)


def _variable(name: str) -> str:
    text = os.environ.get(name)
    if not text:
        raise OperatorError(f"The environment variable {name} is not set: set it to the secret that the settings need.")
    return text


def _content(file: Path) -> str:
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise OperatorError(f"The secret file {file} cannot be read: {reason}. Write the secret into it.") from None
    if not text:
        raise OperatorError(f"The secret file {file} is empty: write the secret into it.")
    return text
