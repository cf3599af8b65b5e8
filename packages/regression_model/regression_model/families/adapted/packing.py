"""Models of other libraries as they are pickled: their own bytes, packed."""

from __future__ import annotations

import bz2


def pack(model: bytes) -> bytes:
    """Return a model in a third of the space or so.

    There is one library for this format, unchanged for years, whose output is the same everywhere; of others, such as
    zlib, systems have several that pack otherwise, and the same model would become other bytes.
    """
    return bz2.compress(model, 9)


def unpack(packed: bytes) -> bytes:
    """Return the model that `pack` was given."""
    return bz2.decompress(packed)
