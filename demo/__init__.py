"""The demo world: what the departments would send, as real files, and the truth about it beside the inbox.

Here: a seeded world of synthetic people, institutions and classes (`world.py`), what is wrong in it (`injection.py`,
`file_faults.py`), how each department writes it down (`dialects.py`, `render.py`, `formats.py`). Not here: anything
that the pipeline needs, which knows nothing of the demo. Ends at files.
"""

from demo.write import Summary, write

__all__ = ["Summary", "write"]
