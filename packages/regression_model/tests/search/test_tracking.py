from __future__ import annotations

from regression_model.config import load_config
from regression_model.search.job import SearchJob
from regression_model.search.tracking import SearchTracker


def test_what_fails_in_the_thread_that_tells_is_said_once(caplog, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    events = []
    with SearchTracker(SearchJob(load_config("california_housing")), events.append) as tracker:
        tracker({"trial": {}})
        tracker({"trial": {}})
    assert len(events) == 2, "the search goes on"
    (record,) = [record for record in caplog.records if record.name == "regression_model.search.tracking"]
    assert record.getMessage() == "not all is told to MLflow of this search, which goes on: KeyError: 'candidate'"
