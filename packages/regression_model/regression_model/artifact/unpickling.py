"""Opens the pickled pipeline: the only place where something is unpickled, which can run any code.

It is needed for training, evaluation and verification, and where a model has no compiled form.
"""

from __future__ import annotations

import io
from pathlib import Path

import joblib
import sklearn
from sklearn.pipeline import Pipeline

from regression_model.artifact.files import PIPELINE, read_checked
from regression_model.artifact.golden_rows import check_answers, check_errors
from regression_model.artifact.manifest import Manifest
from regression_model.errors import ArtifactVersionError
from regression_model.pipeline.outputs import predict_frame
from regression_model.processing.validation import validate_inputs


def open_pipeline(manifest: Manifest, folder: Path, accept_sklearn: str | None) -> Pipeline:
    """Check the file, then the version of scikit-learn, then unpickle, then check the golden rows.

    Parameters
    ----------
    manifest : Manifest
    folder : Path
        Where it lies.
    accept_sklearn : str or None
        Version of scikit-learn that is accepted besides the one that is installed.

    Returns
    -------
    Pipeline
        Fitted.

    Raises
    ------
    ArtifactError
        See `regression_model.artifact.load_pipeline`.
    """
    _check_sklearn(manifest, accept_sklearn)
    data = read_checked(folder, manifest.content["files"][PIPELINE])
    pipeline: Pipeline = joblib.load(io.BytesIO(data))  # noqa: TID251 - this is that one place
    _check_golden_rows(pipeline, manifest)
    return pipeline


def _check_sklearn(manifest: Manifest, accept: str | None) -> None:
    trained = str(manifest.content["libraries"]["scikit-learn"])
    if _minor(trained) in (_minor(sklearn.__version__), _minor(accept) if accept else None):
        return
    raise ArtifactVersionError(
        f"the model was trained with scikit-learn {trained}, installed is {sklearn.__version__}, which may read it "
        f"wrongly; install 'scikit-learn=={_minor(trained)}.*', train again, or accept it by name: {_minor(trained)}"
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _check_golden_rows(pipeline: Pipeline, manifest: Manifest) -> None:
    golden = manifest.content["golden_rows"]
    inputs = validate_inputs(input_data=golden["rows"], schema=manifest.schema)
    check_errors(inputs.errors)
    outputs = predict_frame(pipeline, inputs.frame)
    shares = outputs.probabilities.tolist() if outputs.probabilities is not None else None
    check_answers(outputs.predictions.tolist(), shares, golden)
