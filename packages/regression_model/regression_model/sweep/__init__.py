"""Tunes the hyperparameters of one family under a sampling and an early-termination policy."""
