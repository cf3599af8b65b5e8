"""Raw measurements as the input of a model that was trained on series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.artifact import Artifact
    from regression_model.config.time_series import TimeSeriesConfig


def find_series_settings(model: Artifact) -> TimeSeriesConfig | None:
    """Return how the measurements that a model was trained on became series; None if they came as series, or none did.

    Parameters
    ----------
    model : Artifact
    """
    described = (model.manifest.content.get("config") or {}).get("data", {}).get("time_series")
    if described is None:
        return None
    from regression_model.config.time_series import TimeSeriesConfig

    return TimeSeriesConfig.model_validate(described)


def gather_input(input_data: Any, model: Artifact) -> tuple[pd.DataFrame, list[str]] | None:  # noqa: ANN401 - anything
    """Gather raw measurements into rows, if it is these that were sent; see `gather_request`.

    Returns
    -------
    frame : DataFrame of shape (n_series, n_columns)
    ids : list of str of length n_series
        To which series each row belongs.
    None
        If the model takes no measurements, or something else was sent.

    Raises
    ------
    InputDataError
        If measurements were sent that can't be gathered.
    """
    settings = find_series_settings(model)
    if settings is None:
        return None
    from regression_model.processing.time_series.requests import gather_request

    frame = gather_request(input_data, settings, model.schema.missing_values)
    return None if frame is None else (frame, frame[settings.id].tolist())
