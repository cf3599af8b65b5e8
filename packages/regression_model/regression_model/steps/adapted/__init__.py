"""Transformers that the steps build besides our own: mostly feature-engine's, adapted to our frames.

Each subclass says which of feature-engine's habits it changes: one that warns, fails on a missing value,
turns text into another dtype, or leaves a set in the fitted state, whose pickled bytes differ from process
to process. They import feature-engine, so a step imports them where it builds.
"""
