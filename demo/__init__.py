"""The demo world: what the departments would send, as real files, and the truth about it beside the inbox."""

from demo.write import Summary, write

__all__ = ["Summary", "write"]
