"""Transformers that learn from the target, and answer otherwise for the rows that they learn from.

A training row whose own target goes into what the model sees of it would tell the model its answer. So `fit_transform`
is not `fit` and then `transform`: it gives each training row what the others say. A pipeline that is fitted calls it.
"""
