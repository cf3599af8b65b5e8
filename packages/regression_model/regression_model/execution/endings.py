"""What the messages of a worker say of how its task ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regression_model.train_pipeline.isolation.messages import decode_error


def is_end(message: Mapping[str, Any]) -> bool:
    """Tell a task's last message from those that it has begun, and how it goes on."""
    return "begun" not in message and "progress" not in message


def read_end(message: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a task's last message into its outcome."""
    if "result" in message:
        return {"status": "completed", "result": message["result"]}
    kind = "out_of_memory" if "out_of_memory" in message else "error"
    described = message[kind]
    text = " ".join(described["text"].split())
    error = decode_error(described)
    if kind == "out_of_memory":
        return {"status": kind, "reason": f"memory ran out: {text or 'MemoryError'}", "error": error}
    return {"status": "failed", "reason": f"{described['kind']}: {text}", "error": error}
