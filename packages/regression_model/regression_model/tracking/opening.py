"""Begins a run on the server that the environment names."""

from __future__ import annotations

from regression_model.errors import MissingExtraError
from regression_model.processing.datasets.environment import prepare_tracking, read_tracking_uri
from regression_model.tracking.base import TrackedRun


def open_run(experiment: str, name: str, key: str = "", uri: str | None = None) -> TrackedRun:
    """Begin a run, or go on with one.

    Parameters
    ----------
    experiment : str
        Runs that belong together; it is made if it is not there.
    name : str
        For people.
    key : str, optional
        Identifies the run: one with this key that is there already goes on, as after a resume. By default it is new.
    uri : str, optional
        The server. By default that of ``MLFLOW_TRACKING_URI``, and without it nothing is told to anybody, and nothing
        of MLflow is imported.

    Returns
    -------
    TrackedRun

    Raises
    ------
    TrackingError
        If the server does not answer; better now than after hours of work.
    MissingExtraError
        If MLflow's client is not installed.
    """
    address = uri or read_tracking_uri()
    if address is None:
        return TrackedRun()
    prepare_tracking()
    try:
        from regression_model.tracking.mlflow_run import begin_mlflow_run
    except ImportError as error:
        raise MissingExtraError("telling MLflow of runs (MLFLOW_TRACKING_URI is set)", "mlflow") from error
    return begin_mlflow_run(address, experiment, name, key)
