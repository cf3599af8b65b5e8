"""Verification: train a saved model again from what its manifest says, and say what is equal and what is not."""

from regression_model.verification.outcome import Item, Outcome, Verification
from regression_model.verification.verifying import VerificationInputs, verify_model

__all__ = ["Item", "Outcome", "Verification", "VerificationInputs", "verify_model"]
