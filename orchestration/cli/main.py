"""The entry point of `skills`: registers the commands, and turns what went wrong into a sentence and an exit code."""

from __future__ import annotations

import gc
import os
import sys
import traceback

import click

from orchestration.cli import alerts, connections, deciding, files, people, published, rules, runs, service, upkeep
from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root
from warehouse.vocabulary import collector, pandas_out
from warehouse.vocabulary.errors import OperatorError

COMMANDS = (alerts, connections, deciding, files, people, published, rules, runs, service, upkeep)
"""Modules that put their commands into the group as they are imported."""


def main() -> None:
    """Errors of people end in one sentence; anything else in a traceback without personal data."""
    pandas_out.keep_out()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy comes with pyarrow: its threads cost 0.1 s
    collector.settle()
    try:
        _run()
    finally:
        gc.freeze()  # at its end Python looks through all once more


def _run() -> None:
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "skills")
        say(f"{error.format_message()} See {command} --help.", is_error=True)
        sys.exit(error.exit_code)
    except OperatorError as error:
        say(str(error), is_error=True)
        sys.exit(error.exit_code)
    except Exception as error:
        from orchestration.pipeline import mishaps
        from warehouse.vocabulary.privacy import redact

        sentence = mishaps.sentence(error, str(Root.default().path))
        say(sentence or redact(traceback.format_exc()), is_error=True)
        sys.exit(OperatorError.exit_code if sentence else 70)
