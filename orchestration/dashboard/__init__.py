"""The dashboard: static pages of one publication, written into its folder. Reads what is published, nothing else."""
