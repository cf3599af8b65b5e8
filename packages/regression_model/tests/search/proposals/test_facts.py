import numpy as np

from regression_model.search.proposals import describe_table

RNG = np.random.default_rng(12)
N = 400
X = {"number": {"a": RNG.normal(size=N)}}


def test_a_regression_has_no_classes(make_table):
    config, split = make_table(X, RNG.normal(size=N))
    facts = describe_table(split, config, "mae")
    assert (facts.task, facts.n_rows, facts.n_features, facts.n_classes) == ("regression", 300, 1, 0)
    assert facts.metric == "mae"


def test_rare_classes_are_told(make_table):
    config, split = make_table(X, np.where(np.arange(N) % 20 == 0, "yes", "no"))
    facts = describe_table(split, config, "log_loss")
    assert (facts.n_classes, facts.imbalanced) == (2, True)
