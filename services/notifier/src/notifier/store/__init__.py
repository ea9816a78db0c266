"""The notifier's own tables and nothing else."""
