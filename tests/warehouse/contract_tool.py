"""datacontract-cli in its own environment, many commands in one process without network. Test support only."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from warehouse.vocabulary.project import PROJECT

TOOLS = PROJECT / ".venv-tools"
NETWORK = 97
"""Exit code of the process in which a command asked for the network."""
_PROGRAM = f"""
import contextlib, io, json, os, socket, sys

def refuse(*_, **__):
    sys.stderr.write("the contract tool asked for the network")
    sys.stderr.flush()
    os._exit({NETWORK})

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from datacontract.cli import app
from jsonschema.validators import Draft201909Validator

check_schema, sound = Draft201909Validator.check_schema, []

def check_schema_once(schema):  # of each contract the tool checks the standard's schema itself anew: 0.5 s of 1.4
    if schema not in sound:
        check_schema(schema)
        sound.append(schema)

Draft201909Validator.check_schema = check_schema_once

answers = []
for words in json.load(sys.stdin):
    output, code = io.StringIO(), 0
    with contextlib.redirect_stdout(output):
        try:
            app(words)
        except SystemExit as stop:
            code = stop.code or 0
    answers.append((code, output.getvalue()))
json.dump(answers, sys.stdout)
"""


@dataclass(frozen=True)
class Answer:
    """What a command of the tool ended with and wrote."""

    code: int
    output: str


def answers(commands: Sequence[Sequence[str]], folder: Path) -> list[Answer]:
    """Runs `datacontract <command>` for each command, in an empty folder: it finds no settings of anybody's."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        pytest.fail(
            f"{TOOLS.name} is missing, so no contract can be tried with the standard's own tool: call make tools."
        )
    environment = {"HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "300", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [python, "-I", "-c", _PROGRAM],
        input=json.dumps(commands),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [Answer(*answer) for answer in json.loads(done.stdout)]


def odcs_schema() -> dict[str, object]:
    """The JSON schema of ODCS 3.2 as the tool ships it."""
    schemas = list(TOOLS.glob("lib/python*/site-packages/datacontract/schemas/odcs-3.2.0.schema.json"))
    if not schemas:
        pytest.fail(f"{TOOLS.name} is missing, and with it the schema of the standard: call make tools.")
    schema: dict[str, object] = json.loads(schemas[0].read_text("utf-8"))
    return schema
