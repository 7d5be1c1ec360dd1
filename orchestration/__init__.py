"""Puts the rooms together: the steps of a run, the Dagster definitions and the `skills` command line."""
