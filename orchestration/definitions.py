"""The code location: every Dagster definition of `defs/`. What `skills ui`, its daemon and `skills run` load.

A module that is there is live: what its function `defs` gives, else the assets, jobs, schedules and sensors in it.
Dagster's own loader of such a folder imports every library that offers components, dagster-dbt and dbt among them: 1 s
of every run.
"""

import importlib
import pkgutil
import warnings
from types import ModuleType

import dagster as dg

from orchestration import defs as folder


def _of_module(module: ModuleType) -> dg.Definitions:
    if hasattr(module, "defs"):
        definitions: dg.Definitions = module.defs()
        return definitions
    with warnings.catch_warnings():  # of a preview: Dagster's version is pinned, and a test counts what is loaded
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.load_definitions_from_module(module)


@dg.definitions
def defs() -> dg.Definitions:
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."))
    return dg.Definitions.merge(*(_of_module(importlib.import_module(name)) for name in names))
