"""The model families that a configuration can name, one per file."""
