"""A dataset-shaped table → findings, and an outcome per submission.

Knows datasets only: departments' dialects end at `ingest`, what people read is made by `pages`.
"""
