"""The section ``search``: how a better model is looked for."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from regression_model.config.run_settings import Experiment, Limit
from regression_model.frozen import Frozen


def _as_list(value: object) -> object:
    """Let ``families: lasso`` stand for a list of one, and an empty value for an empty list."""
    return ([value] if value else []) if isinstance(value, str) else value


def _as_backend(value: object) -> object:
    """Let ``loky``, as others call processes of one's own, stand for ``local``."""
    return "local" if value == "loky" else value


def _as_address(value: object) -> object:
    """Let an empty value stand for none."""
    return None if value == "" else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class ColumnChoice(Frozen):
    """What the automatic preparation is to do with one column, instead of what it would choose.

    Attributes
    ----------
    impute : {"median", "mean", "frequent", "related", "indicator"}, optional
        How missing values are filled; ``related`` by the column that tells most of it, ``indicator`` by the median
        and a column that says where.
    encode : {"one_hot", "ordered", "target", "frequency", "native"}, optional
        How categories become numbers; ``native`` by codes that some boosters split by as categories.
    scale : {"none", "standard", "yeo_johnson"}, optional
    role : {"latitude", "longitude", "left_out"}, optional
        What the column is, where its values do not tell.
    """

    impute: Literal["median", "mean", "frequent", "related", "indicator"] | None = None
    encode: Literal["one_hot", "ordered", "target", "frequency", "native"] | None = None
    scale: Literal["none", "standard", "yeo_johnson"] | None = None
    role: Literal["latitude", "longitude", "left_out"] | None = None


class SearchConfig(Frozen):
    """What to try, for how long, and what counts; options of the command line win over it.

    Attributes
    ----------
    trials : int
        How many configurations are tried, at least 1.
    time_limit_s : float, optional
        Seconds from the start to the saved model; a search that it ends says so.
    metric : str, optional
        What is to be best, by its name; by default RMSE for a regression, log loss for a classification.
    ensemble : {"auto", "vote", "stack", "none"}
        Whether several of the models may answer together.
    jobs : int
        Trials at the same time; the result does not depend on it.
    backend : {"local", "dask"}
        Where trials run: in processes on this machine, or on a Dask cluster, whose workers say how many run at the
        same time. The result does not depend on it. ``loky`` is another word for ``local``.
    scheduler : str, optional
        Address of the cluster's scheduler, such as ``tcp://10.0.0.5:8786``; with the backend ``dask`` alone.
    batch_size : int
        Trials that are asked for together; the result does depend on it.
    early_stopping : int, optional
        Stop after so many batches without improvement.
    folds : int, optional
        Of the cross-validation that scores a trial; by default 5, and 3 for more than 50,000 rows.
    families : tuple of str
        Model families to try; empty means all that are installed.
    features : {"auto", "config"}
        Prepare the columns automatically (the configuration as it stands is tried, too), or only as
        ``preprocessing`` says.
    columns : dict of str to ColumnChoice
        Overrides of the automatic preparation.
    trial_time_limit_s : float, optional
        Seconds after which a single trial is ended and counts as failed.
    trial_memory_mb : int, optional
        Memory that a single trial may take, in MB (10^6 bytes).
    max_latency_ms : float, optional
        Only models that predict one row within so many milliseconds may win. Without it, an ensemble of models with a
        compiled form may take 0.9 ms.
    max_members_mb : float
        What the models of an ensemble may take together, each as the leaderboard shows it, in MB (10^6 bytes). The
        saved model, which also holds the pipeline, is about twice as large.
    experiment : str
        Folder of runs that belong together.
    """

    trials: int = Field(default=24, ge=1, le=100_000)
    time_limit_s: Annotated[float | None, Field(gt=0), Limit] = None
    metric: str | None = None
    ensemble: Literal["auto", "vote", "stack", "none"] = "auto"
    jobs: int = Field(default=1, ge=1, le=1024)
    backend: Annotated[Literal["local", "dask"], BeforeValidator(_as_backend)] = "local"
    scheduler: Annotated[str | None, BeforeValidator(_as_address)] = None
    batch_size: int = Field(default=4, ge=1, le=1024)
    early_stopping: Annotated[int | None, Field(ge=1), Limit] = None
    folds: Annotated[int | None, Field(ge=2, le=20), Limit] = None
    families: Names = ()
    features: Literal["auto", "config"] = "auto"
    columns: dict[str, ColumnChoice] = Field(default_factory=dict)
    trial_time_limit_s: Annotated[float | None, Field(gt=0), Limit] = None
    trial_memory_mb: Annotated[int | None, Field(ge=64), Limit] = None
    max_latency_ms: Annotated[float | None, Field(gt=0), Limit] = None
    max_members_mb: float = Field(default=10.0, gt=0)
    experiment: Experiment = "search"

    @model_validator(mode="after")
    def _check_backend(self) -> Self:
        if self.backend == "dask" and self.scheduler is None:
            raise ValueError("backend 'dask' needs 'scheduler', the address of the cluster's scheduler")
        if self.backend != "dask" and self.scheduler is not None:
            raise ValueError("'scheduler' is for the backend 'dask': add 'backend: dask', or remove it")
        return self
