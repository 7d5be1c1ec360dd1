"""Random numbers of the datasets that the demo learned after the others.

Each draws from a generator of its own, named by the dataset, so that what the others draw stays as it was. Not here:
what is drawn. Ends at a generator.
"""

from __future__ import annotations

from typing import cast

import numpy as np

LATER = frozenset(
    {
        "task_allocation",
        "enterprise_register",
        "subsidy_standard",
        "budget",
        "labour_cost",
        "course",
        "publicity",
    }
)
"""The datasets with generators of their own."""
_FIRST_SENDERS = {"outcome_followup": "HRSS"}
"""Datasets that others than this department began to send later."""


def stream(dataset: str, generator: np.random.Generator) -> np.random.Generator:
    """The generator from which a dataset's numbers come where the others' come from `generator`, which stays as it is
    for a later one."""
    return apart(dataset, generator) if dataset in LATER else generator


def stream_of_feed(department: str, dataset: str, generator: np.random.Generator) -> np.random.Generator:
    """The same for the files of a feed: also those of departments that began to send a dataset later."""
    if department != _FIRST_SENDERS.get(dataset, department):
        return apart(f"{department}/{dataset}", generator)
    return stream(dataset, generator)


def apart(name: str, generator: np.random.Generator) -> np.random.Generator:
    """The generator of a name, from the seed of another, which stays as it is."""
    seeds = cast(np.random.SeedSequence, generator.bit_generator.seed_seq)
    return np.random.default_rng(np.random.SeedSequence(seeds.entropy, spawn_key=(*seeds.spawn_key, *name.encode())))
