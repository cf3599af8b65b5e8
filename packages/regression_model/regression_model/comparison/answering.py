"""Answers of two versions to the same rows: those that were recorded, and those that are computed now."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regression_model.artifact import load_artifact
from regression_model.comparison.differences import Answers
from regression_model.errors import ArtifactError, ArtifactIntegrityError
from regression_model.predict import make_prediction

if TYPE_CHECKING:
    from regression_model.artifact import Artifact
    from regression_model.artifact.integrity import CheckedFiles
    from regression_model.processing.validation import Rows

logger = logging.getLogger(__name__)


def read_golden_rows(content: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Answers]:
    """Return the golden rows of a manifest with the answers that were recorded.

    Parameters
    ----------
    content : mapping
        Of a manifest; that of an earlier release, too.

    Raises
    ------
    ArtifactIntegrityError
        If they are not of the shape that they have to be: a digest does not say that.
    """
    golden = content.get("golden_rows")
    if not isinstance(golden, Mapping):
        raise _refusal()
    rows, predictions = _read_list(golden.get("rows"), dict), _read_list(golden.get("predictions"), str, int, float)
    if not rows or len(rows) != len(predictions):
        raise _refusal()
    if golden.get("probabilities") is None:
        return rows, Answers(predictions)
    classes = _read_list(content.get("classes"), str)
    shares = [_read_list(row, int, float) for row in _read_list(golden["probabilities"], list)]
    if len(shares) != len(rows) or any(len(row) != len(classes) for row in shares):
        raise _refusal()
    return rows, Answers(predictions, _by_label(shares, classes))


def answer_rows(artifact: Artifact, rows: Rows) -> Answers:
    """Predict rows now.

    Parameters
    ----------
    artifact : Artifact
    rows : sequence of mappings, or DataFrame

    Raises
    ------
    InputDataError
        If they are no rows at all.
    """
    answer = make_prediction(input_data=rows, artifact=artifact)
    return Answers(answer["predictions"], _by_label(answer.get("probabilities"), answer.get("classes")))


def load_compiled(checked: CheckedFiles) -> tuple[Artifact | None, str]:
    """Load a model if that can be done without unpickling anything.

    Parameters
    ----------
    checked : CheckedFiles

    Returns
    -------
    artifact : Artifact or None
    reason : str
        Why there is none.
    """
    if not checked.manifest.content.get("compiled"):
        return None, "it has no compiled form, and its pipeline would have to be unpickled, which can run any code"
    try:
        artifact = load_artifact(checked.file)
    except ArtifactError as error:
        # That of an earlier release, perhaps; its golden rows can be compared all the same.
        logger.info("the compiled form can't be used", exc_info=error)
        return None, f"this release can't use its compiled form: {error}"
    if artifact.digest != checked.manifest.digest:
        return None, "its manifest was exchanged after it had been checked"
    return artifact, ""


def _by_label(
    probabilities: Sequence[Sequence[float] | None] | None, classes: Sequence[str] | None
) -> list[dict[str, float] | None] | None:
    if probabilities is None or classes is None:
        return None
    return [dict(zip(classes, row, strict=True)) if row is not None else None for row in probabilities]


def _read_list(values: Any, *kinds: type) -> list[Any]:  # noqa: ANN401 - whatever a manifest says
    if not isinstance(values, list):
        raise _refusal()
    if not all(isinstance(value, kinds) and not isinstance(value, bool) for value in values):
        raise _refusal()
    return values


def _refusal() -> ArtifactIntegrityError:
    return ArtifactIntegrityError(
        "the manifest's golden rows are not of the shape that they have to be; fetch the artifact again"
    )
