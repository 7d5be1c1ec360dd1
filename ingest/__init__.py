"""From a department's bytes to a dataset-shaped table whose every cell can be traced to its place."""
