"""What a number looks like that is a person's own or an office's, once it is written in one way (`ingest.values.text`).

Not here: what a dataset asks for (`contracts`), what goes on of it (`privacy.py`). Ends at regular expressions that
Python and DuckDB read alike.
"""

MOBILE = r"([+]?86)?0?1[3-9][0-9]{9}"
"""Also with the zero that was dialled before it from another city."""
_HOTLINE = r"1[0-9]{4}|9[56][0-9]{3,4}"
OFFICE = rf"(0(10|2[0-9]|[3-9][0-9]{{2}})-)?([2-9][0-9]{{6,7}}|{_HOTLINE})|[48]00-[0-9]{{3}}-[0-9]{{4}}"
"""A fixed line, a hotline as 12333, or a line of 400: no such number is one person's own mobile."""
