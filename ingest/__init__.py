"""A department's bytes → a dataset-shaped table in which every cell can be traced to its place.

Departments' dialects end here; whether a row is right is judged by `expectations`.
"""
