"""Models of LightGBM."""

from __future__ import annotations

from typing import Any

from regression_model.compiled.models.booster_text import check_booster, cut_after_trees, leave_out_statistics
from regression_model.errors import ArtifactIntegrityError, NotLowerableError
from regression_model.lowering.models.base import ProgramBuilder


def lower_booster(model: Any, builder: ProgramBuilder) -> dict[str, Any]:  # noqa: ANN401 - LightGBM has no types
    """Lower a booster to its own text; it takes any value, missing or infinite.

    Raises
    ------
    NotLowerableError
        If its objective or its trees are none of those that the compiled form knows.
    """
    booster = model.booster_
    whole = booster.model_to_string(num_iteration=booster.best_iteration or -1)
    text = leave_out_statistics(cut_after_trees(whole))
    n_outputs = booster.num_model_per_iteration()
    try:
        check_booster(text, booster.num_feature(), n_outputs)
    except ArtifactIntegrityError as error:
        raise NotLowerableError("model", f"there is no compiled form of this booster: {error}") from error
    is_classifier = hasattr(model, "classes_")
    link = ("complement" if n_outputs == 1 else "probabilities") if is_classifier else "identity"
    return {"kind": "lightgbm", "link": link, "booster": builder.add_text("booster", text), "n_outputs": n_outputs}
