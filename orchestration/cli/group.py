"""The group that every command of `skills` belongs to; the commands stand in the modules beside it."""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """The skills-training warehouse: departments' files in, a checked and published warehouse out."""
