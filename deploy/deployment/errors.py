"""The one error of deployments."""

from __future__ import annotations


class DeploymentError(Exception):
    """A step can't be done; the message says what was expected, what was found, and what to do."""
