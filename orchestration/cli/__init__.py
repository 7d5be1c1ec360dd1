"""The `skills` command line. Each command imports only what it needs: start-up time is part of the product."""

from orchestration.cli.group import cli
from orchestration.cli.main import main

__all__ = ["cli", "main"]
