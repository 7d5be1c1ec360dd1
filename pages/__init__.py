"""Decisions, findings and published figures as pages people read. Pure text out; ends before any table is queried."""
