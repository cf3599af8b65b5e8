"""What import-linter can't say: the API takes from the model package only what the model package offers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import regression_model

API = Path(__file__).resolve().parents[1] / "packages" / "ml_api" / "ml_api"


def find_uses_of_the_model_package(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, name): a name imported from the package's root, or a dotted module below it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "regression_model":
            for alias in node.names:
                below = node.module.removeprefix("regression_model").removeprefix(".")
                yield node.lineno, f"{below}.{alias.name}".removeprefix(".")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("regression_model."):
                    yield node.lineno, alias.name.removeprefix("regression_model.")


def test_the_api_uses_only_public_names_of_the_model_package():
    uses = [
        (f"{path.relative_to(API)}:{line}", name)
        for path in sorted(API.rglob("*.py"))
        for line, name in find_uses_of_the_model_package(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert uses, "the API uses nothing of the model package: this test looks in the wrong place"
    assert [use for use in uses if use[1] not in regression_model.__all__] == []
