"""The words of the sheet by which a unit says whether a submission replaces what stands.

For who writes it (`pages`) and who reads it back (`ingest.confirmation_sheet`). Ends at texts.
"""

from __future__ import annotations

TITLE = "确认单"
"""The name of the sheet, and what its file's name begins with."""
MARK = "skills_confirmation"
"""The name of the document property whose text is the submission's id."""
ID, ANSWER, ANSWERED_BY = "报送编号", "本单位答复", "答复人"
"""What stands before the submission's id, which tells it where the property is lost, and before what is filled in."""
ANSWERS = {"是": True, "否": False}
