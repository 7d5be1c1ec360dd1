"""What senders wrote shows on a terminal and does nothing there."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from contextlib import redirect_stdout

from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from orchestration.cli import plain, terminal
from tests.test_house import PROJECT

HOSTILE = "\x1b]0;owned\x07\x1b[2J\r\x9b31m\u202e\u2066\u2028\x7f\udcff"
TEXTS = st.one_of(st.text(), st.text(alphabet=[*map(chr, range(160)), "\u202e", "\u2066", "\u2028", "\udcff", "汉"]))


def acts(text: str) -> list[str]:
    """The characters of a text that would do something to a terminal, a line's end and a tabulator apart."""
    return [
        character
        for character in text
        if character not in "\n\t"
        and (
            unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
            or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        )
    ]


@given(TEXTS)
@example(HOSTILE)
def test_nothing_that_acts_reaches_the_terminal(text: str) -> None:
    assert acts(text) == [] or plain.plain(text) != text
    shown = io.StringIO()
    with redirect_stdout(shown):
        plain.say(text)
        plain.say_json(json.dumps([text], ensure_ascii=False))
    assert not acts(shown.getvalue())
    assert shown.getvalue().encode("utf-8")


@given(TEXTS)
@example(HOSTILE)
def test_nothing_that_acts_reaches_a_table(text: str) -> None:
    shown = io.StringIO()
    console = terminal.edged(Console(file=shown, width=80, force_terminal=False, color_system=None))
    table = terminal.titled(text, [("列", False)])
    table.add_row(terminal.escape(text))
    console.print(table)
    console.print(text, markup=False)
    assert not acts(shown.getvalue())


@given(TEXTS)
@example(HOSTILE)
def test_printed_json_says_the_same(text: str) -> None:
    shown = io.StringIO()
    with redirect_stdout(shown):
        plain.say_json(json.dumps({"name": text}, ensure_ascii=False))
    assert json.loads(shown.getvalue()) == {"name": text}


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_does_nothing_stays_as_it_is(text: str) -> None:
    assert plain.plain(text) == text


def test_colours_of_our_own_stay() -> None:
    shown = io.StringIO()
    console = terminal.edged(Console(file=shown, force_terminal=True, color_system="standard", width=80))
    console.print("[bold]名[/bold]")
    assert "\x1b[1m" in shown.getvalue()


def test_no_command_prints_past_the_edge() -> None:
    printing = re.compile(r"click\.(secho|echo)\(|(?<![\w.])print\(|sys\.std(out|err)\.write|Console\(")
    modules = {path for path in (PROJECT / "orchestration").rglob("*.py") if printing.search(path.read_text("utf-8"))}
    assert modules == {PROJECT / "orchestration" / "cli" / "terminal.py"}, "the console's own module"
