from __future__ import annotations

import pytest

from ml_api.errors import NotExplainableError, NoValidRowsError
from ml_api.services.page_prediction import predict_for_page
from ml_api.services.prediction import RequestFacts, predict_rows
from regression_model import Artifact, Manifest, load_pipeline

FACTS = RequestFacts(request_id="the-id")


def test_a_row_is_predicted_and_explained(artifact, row):
    answer = predict_for_page(artifact, row, FACTS)
    assert answer["predictions"] == predict_rows(artifact, [row], FACTS)["predictions"]
    assert set(answer["explanations"][0]["contributions"]) == set(artifact.schema.names)


def test_a_model_that_cannot_be_explained_predicts_all_the_same(model_folder, row):
    whole = load_pipeline(model_folder)  # anew: what explanations need is kept with the pipeline
    content = {key: value for key, value in whole.manifest.content.items() if key != "config"}
    artifact = Artifact(whole.pipeline, Manifest(content))
    with pytest.raises(NotExplainableError):
        predict_rows(artifact, [row], FACTS, explain=True)
    answer = predict_for_page(artifact, row, FACTS)
    assert answer["predictions"] == predict_rows(whole, [row], FACTS)["predictions"]
    assert "explanations" not in answer


def test_a_row_that_is_refused_is_refused(artifact, row):
    with pytest.raises(NoValidRowsError):
        predict_for_page(artifact, {**row, "LotArea": "x"}, FACTS)
