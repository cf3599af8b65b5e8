"""Other names of our metrics: those of Azure Machine Learning and of scikit-learn, as functions and as scorers."""

from __future__ import annotations

from collections.abc import Mapping

_REGRESSION: Mapping[str, str] = {
    "r2_score": "r2",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "root_mean_squared_log_error": "rmsle",
    "spearman_correlation": "spearman",
    "normalized_root_mean_squared_error": "normalised_rmse",
    "normalized_rmse": "normalised_rmse",
    "mse": "mean_squared_error",
    "msle": "mean_squared_log_error",
    "explained_variance_score": "explained_variance",
}
_CLASSIFICATION: Mapping[str, str] = {
    "accuracy_score": "accuracy",
    "balanced_accuracy_score": "balanced_accuracy",
    "roc_auc_score": "roc_auc",
    "average_precision_score": "average_precision",
    "f1_score": "f1",
    "precision_score": "precision",
    "recall_score": "recall",
    "matthews_correlation": "mcc",
    "matthews_corrcoef": "mcc",
    "roc_auc_ovr": "AUC_macro",
    "roc_auc_ovr_weighted": "AUC_weighted",
    # With one class to a row, a micro average over the classes is the accuracy.
    **{f"{name}{micro}": "accuracy" for name in ("f1", "precision", "recall") for micro in ("_micro", "_score_micro")},
    **{
        f"{name}_{average}": f"{name}_score_{average}"
        for name in ("f1", "precision", "recall", "average_precision")
        for average in ("macro", "weighted")
    },
}


def find_own_name(task: str, name: str) -> str:
    """Return the registry's name of a metric; a name that is no other name of one is returned as it came.

    The case of the letters does not matter. scikit-learn's scorers of errors begin with ``neg_``, because it maximises
    all of them; here a metric has a direction, so that the prefix says nothing and is dropped.

    Parameters
    ----------
    task : {"regression", "classification"}
    name : str

    Examples
    --------
    >>> find_own_name("regression", "neg_root_mean_squared_error")
    'rmse'
    >>> find_own_name("classification", "neg_log_loss")
    'log_loss'
    >>> find_own_name("regression", "whatever")
    'whatever'
    """
    known = _REGRESSION if task == "regression" else _CLASSIFICATION
    bare = name.casefold().removeprefix("neg_").replace("normalised_root", "normalized_root")
    return known.get(bare, bare if name.casefold().startswith("neg_") else name)
