"""What a cell's text means: pure functions from text to value. They know no files, feeds or datasets."""
