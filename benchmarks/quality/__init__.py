"""How good the models are that a search finds, beside those of other systems on the same rows."""
