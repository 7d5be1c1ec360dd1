"""The Jinja environment of all pages: escaped by default, strict about names, compiled once for all processes. What
templates may call stands in `words.filters`; facts come with each page."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from pages import site_map, words
from warehouse.vocabulary.project import PROJECT

TEMPLATES = Path(__file__).parent / "templates"
COMPILED = PROJECT / "build" / "compiled_pages"


class _Compiled(FileSystemBytecodeCache):
    """Templates as they were compiled for their text: to compile them costs each process half a second. Where nothing
    can be kept, as in a project that belongs to somebody else, each does."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled() -> BytecodeCache | None:
    with contextlib.suppress(OSError):
        COMPILED.mkdir(parents=True, exist_ok=True)
    return _Compiled(str(COMPILED)) if COMPILED.is_dir() else None


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    environment.filters |= words.filters()
    # Both files are ours and hold no data, so they go in unescaped; the page allows no other script.
    script = (TEMPLATES / "page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals |= {
        "script": Markup(script),
        "script_hash": f"sha256-{digest}",
        "style": Markup(style()),
        "site": site_map,
        "words": words,
    }
    return environment


def style() -> str:
    """The stylesheet of every page."""
    return (TEMPLATES / "style.css").read_text("utf-8")


def page(template: str, **facts: Any) -> str:
    """The text of `templates/<template>` filled with facts."""
    return _environment().get_template(template).render(**facts)
