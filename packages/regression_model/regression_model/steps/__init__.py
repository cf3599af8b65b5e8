"""The kinds of preprocessing step that a configuration can name, one per file."""
