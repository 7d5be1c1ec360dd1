"""Puts the parts together: the run, the Dagster definitions and the `skills` command line."""
