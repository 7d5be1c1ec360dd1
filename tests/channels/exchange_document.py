"""Holds requests and answers against the document that departments implement, `ingest/channels/exchange.yaml`."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from demo.exchange import Answer, Request
from ingest import channels

DOCUMENT = Path(channels.__path__[0]) / "exchange.yaml"
BASE = "/exchange/v1"
_OF_HTTP = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
_FORMATS = FormatChecker(())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or dt.datetime.fromisoformat(text).tzinfo is not None


@functools.cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return loaded


def faults(request: Request, answer: Answer, body: bytes) -> list[str]:
    """What of a request, and of the answer to it, the document does not declare."""
    for template, path in document()["paths"].items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        if match := re.fullmatch(f"{BASE}(?:/(?!deliveries).+?)?{pattern}", request.path):
            asked = _of_request(path["get"], match.groupdict(), request)
            return [f"{template}: {fault}" for fault in [*asked, *_of_answer(path["get"], answer, body)]]
    return [f"{request.path} is no path"]


def _of_request(operation: Mapping[str, Any], path: Mapping[str, str], request: Request) -> Iterator[str]:
    declared = {(at["in"], at["name"].lower()): at for at in map(_resolved, operation["parameters"])}
    headers = {name: value for name, value in request.headers.items() if name not in _OF_HTTP}
    for where, values in {"path": path, "query": request.query, "header": headers}.items():
        for name, value in values.items():
            parameter = declared.get((where, name))
            if parameter is None:
                yield f"{where} {name} is not declared"
            else:
                number = int(value) if parameter["schema"].get("type") == "integer" else value
                yield from (f"{name}: {fault}" for fault in _against(parameter["schema"], number))
        for (place, name), parameter in declared.items():
            if place == where and parameter.get("required") and name not in values:
                yield f"{where} {name} is missing"


def _of_answer(operation: Mapping[str, Any], answer: Answer, body: bytes) -> Iterator[str]:
    response = operation["responses"].get(str(answer.status))
    if response is None:
        yield f"status {answer.status} is not declared"
        return
    response = _resolved(response)
    shown = {name.lower(): value for name, value in answer.headers.items()}
    for name, header in response.get("headers", {}).items():
        header, value = _resolved(header), shown.get(name.lower())
        if value is None:
            if header.get("required"):
                yield f"{answer.status} without {name}"
        else:
            number = int(value) if header["schema"].get("type") == "integer" else value
            yield from (f"{name}: {fault}" for fault in _against(header["schema"], number))
    if "application/json" in response.get("content", {}):
        yield from _against(response["content"]["application/json"]["schema"], json.loads(body))


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _against(schema: Mapping[str, Any], value: object) -> list[str]:
    return [error.message for error in validator(schema).iter_errors(value)]


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Of a schema of the document, with its references."""
    whole = {**schema, "components": document()["components"]}
    return Draft202012Validator(whole, format_checker=_FORMATS)
