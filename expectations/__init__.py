"""From a dataset-shaped table to findings, an outcome per submission, and a report."""
