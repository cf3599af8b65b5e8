from __future__ import annotations

import pytest
from pydantic import ValidationError

from regression_model.config.search import SearchConfig


@pytest.mark.parametrize("name", ["local", "loky"])
def test_processes_of_this_machine_have_two_names(name):
    assert SearchConfig.model_validate({"backend": name, "scheduler": ""}) == SearchConfig()


def test_a_cluster_has_an_address():
    found = SearchConfig.model_validate({"backend": "dask", "scheduler": "tcp://10.0.0.5:8786"})
    assert (found.backend, found.scheduler) == ("dask", "tcp://10.0.0.5:8786")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"backend": "dask"}, "backend 'dask' needs 'scheduler'"),
        ({"scheduler": "tcp://10.0.0.5:8786"}, "'scheduler' is for the backend 'dask'"),
        ({"backend": "spark"}, "'local' or 'dask'"),
    ],
)
def test_a_backend_that_makes_no_sense_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        SearchConfig.model_validate(given)
