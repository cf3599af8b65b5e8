"""What a verification finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

State = Literal["equal", "differs", "unknown"]


class Outcome(StrEnum):
    """How a rebuilt model compares to the one that was verified; see `Verification`."""

    IDENTICAL = "identical"
    SIMILAR = "similar"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Item:
    """One thing that was compared.

    Attributes
    ----------
    name : str
    state : {"equal", "differs", "unknown"}
        ``unknown`` where nothing was recorded, or nothing is here to compare it with.
    said : str
        What was found.
    reason : str
        Why a difference of this item lets the model differ; empty for one that is a result.
    explains : bool
        Whether that may give the model's files other bytes, and not only the manifest.
    """

    name: str
    state: State
    said: str
    reason: str = ""
    explains: bool = False

    def to_json(self) -> dict[str, str]:
        """Return it as plain JSON."""
        return {"name": self.name, "state": self.state, "said": self.said}


@dataclass(frozen=True)
class Verification:
    """What became of a model that was trained again.

    Attributes
    ----------
    outcome : Outcome
        ``identical``: the manifest's digest, and so each byte. ``similar``: other bytes, which other surroundings
        explain; golden rows as the recorded compiled form predicts them, metrics, schema and all else in the manifest
        that the data decides agree to a relative 1e-9. ``different``: anything else.
    items : tuple of Item
    reasons : tuple of str
        Why it probably differs; empty if it is identical.
    recorded, rebuilt : str
        Digests of the manifests.
    """

    outcome: Outcome
    items: tuple[Item, ...]
    reasons: tuple[str, ...]
    recorded: str
    rebuilt: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "outcome": self.outcome.value,
            "recorded": self.recorded,
            "rebuilt": self.rebuilt,
            "items": [item.to_json() for item in self.items],
            "reasons": list(self.reasons),
        }
