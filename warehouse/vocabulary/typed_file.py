"""Turns what a YAML file says into dataclasses, and says of what does not fit which key it is and what it may hold.

Standard library alone until there is a file, so that light commands stay light. No value is repeated in an error: it
may be a secret at the wrong place. What keys there are and what they mean is the dataclass; a dataclass that refuses
its values raises ValueError with what is allowed. Ends at the dataclass.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.secret import Secret

T = TypeVar("T")
_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "a path",
}


@dataclass(frozen=True)
class Place:
    """Where a value stands: the file or variable, the keys down to it, and the folder of its relative paths."""

    file: str
    folder: Path
    key: str = ""

    def below(self, key: str) -> Place:
        return replace(self, key=f"{self.key}.{key}" if self.key else key)

    def at(self, number: int) -> Place:
        return replace(self, key=f"{self.key}[{number}]")

    def refuse(self, allowed: str) -> OperatorError:
        return OperatorError(f"{self.file}: {self.key or 'the file'} must be {allowed}.")


def load(path: Path) -> dict[str, Any]:
    """A YAML file's keys; `OperatorError` where it cannot be read or is no mapping."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}): give a file that is there.") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise OperatorError(f"{path}{line} is no YAML: mend it there.") from None
    if not isinstance(content, dict | None):
        raise OperatorError(f"{path}: the file must hold keys with values.")
    return content or {}


def fill(kind: type[T], values: object, place: Place) -> T:
    """A dataclass of what a file says; a key without a value keeps its default."""
    if not isinstance(values, Mapping):
        raise place.refuse(f"keys with values: {', '.join(_keys(kind))}")
    types_of = typing.get_type_hints(kind)
    for key in values:
        if key not in types_of:
            raise OperatorError(f"{place.file}: {place.below(str(key)).key} is no setting; {_allowed(kind)}.")
    filled = {
        key: value_of(types_of[key], value, place.below(key)) for key, value in values.items() if value is not None
    }
    missing = [field.name for field in _fields(kind) if _is_required(field) and field.name not in filled]
    if missing:
        raise OperatorError(f"{place.file}: {place.key or 'the file'} has no {missing[0]}: write it there.")
    try:
        return kind(**filled)
    except ValueError as refused:
        raise OperatorError(f"{place.file}: {place.key or 'the file'}: {refused}.") from None


def of_text(kind: Any, text: str) -> object:
    """What the text of a variable says: itself where text is wanted, else YAML."""
    if kind in (str, Path) or set(typing.get_args(kind)) == {Path, type(None)}:
        return text
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def value_of(kind: Any, value: object, place: Place) -> Any:
    """A value as the type asks for it; `OperatorError` says what is allowed."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return value_of(next(option for option in inner if option is not type(None)), value, place)
    if origin is typing.Literal:
        if value not in inner:
            raise place.refuse(f"one of {', '.join(map(str, inner))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise place.refuse("a list")
        return tuple(value_of(inner[0], item, place.at(number)) for number, item in enumerate(value))
    if origin is not None:  # a mapping
        if not isinstance(value, Mapping):
            raise place.refuse("keys with values")
        return {str(key): value_of(inner[1], item, place.below(str(key))) for key, item in value.items()}
    if dataclasses.is_dataclass(kind) and not issubclass(typing.cast(type, kind), Secret):
        return fill(typing.cast(type, kind), value, place)
    return _plain(kind, value, place)


def _plain(kind: type, value: object, place: Place) -> object:
    if issubclass(kind, Secret):
        try:
            return kind.of(value, place.folder)
        except ValueError as refused:
            raise place.refuse(str(refused)) from None
    if kind is Path and isinstance(value, str):
        return place.folder / Path(value).expanduser()
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise place.refuse(_WORDS[kind])
    return value


def _fields(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)


def _keys(kind: Any) -> list[str]:
    return [field.name for field in _fields(kind)]


def _allowed(kind: Any) -> str:
    return f"there are {', '.join(_keys(kind))}"


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
