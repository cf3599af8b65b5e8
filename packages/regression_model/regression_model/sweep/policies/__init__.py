"""Rules that give up runs early, one per file, each a pure function of what was recorded."""

from regression_model.sweep.policies.base import Goal, Verdict, is_due
from regression_model.sweep.policies.choosing import apply_policy

__all__ = ["Goal", "Verdict", "apply_policy", "is_due"]
