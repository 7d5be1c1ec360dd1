"""The Jinja environment of all pages: escaped by default, strict about names, compiled once. What templates may call
stands in `words.filters`; facts come with each page."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pages import site_map, words

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
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
