"""What scripts/publish is made of."""
