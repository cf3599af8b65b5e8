import dataclasses

import pytest

from regression_model.errors import ConfigError
from regression_model.families.registry import model_families
from regression_model.search.proposals.families import choose_families, is_installed
from regression_model.search_space import TableFacts

MANY = TableFacts("regression", 20_000, 10, metric="rmse")
FEW = TableFacts("regression", 500, 10, metric="rmse")
CLASSES = TableFacts("classification", 20_000, 10, n_classes=2, metric="log_loss")


def names(families):
    return [family.model_fields["family"].default for family in families]


def test_all_that_can_do_the_task_are_tried():
    assert {"ridge", "random_forest", "hist_gradient_boosting"} <= set(names(choose_families(MANY, ())))
    assert "ridge" not in names(choose_families(CLASSES, ()))
    assert "logistic_regression" in names(choose_families(CLASSES, ()))


def test_of_few_rows_straight_lines_come_earlier():
    assert names(choose_families(FEW, ())).index("ridge") < names(choose_families(MANY, ())).index("ridge")


def test_of_series_straight_lines_come_first():
    few = dataclasses.replace(CLASSES, n_rows=400)
    assert names(choose_families(few, (), series=True))[:2] == ["ridge_classifier", "logistic_regression"]


def test_named_families_are_the_only_ones():
    assert names(choose_families(MANY, ("lasso", "ridge"))) == ["ridge", "lasso"]


@pytest.mark.parametrize(
    ("name", "match"), [("ligthgbm", "did you mean 'lightgbm'"), ("logistic_regression", "can't do regression")]
)
def test_what_can_not_be_tried_is_refused(name, match):
    with pytest.raises(ConfigError, match=match):
        choose_families(MANY, (name,))


@pytest.mark.parametrize("facts", [MANY, FEW, CLASSES], ids=["many", "few", "classes"])
@pytest.mark.parametrize("name", list(model_families()))
def test_every_start_of_every_family_is_valid(name, facts):
    family = model_families()[name]
    for start in family.portfolio(facts) if facts.task in family.tasks else ():
        family.model_validate({"family": name, **start})


def test_families_without_an_extra_are_always_there():
    assert is_installed(model_families()["ridge"])
