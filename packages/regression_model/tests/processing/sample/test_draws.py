from __future__ import annotations

import numpy as np
import pytest

from regression_model.processing.sample.draws import Draws, grade, whole

N_MANY = 20_000


def test_first_numbers_of_a_stream_never_change():
    # Fixed by NumPy's promise about PCG64 and SeedSequence: another number here means other samples.
    numbers = Draws(seed=1, n_rows=2).uniform("price")
    assert numbers.tolist() == [0.081806043482059, 0.9896053392267717]


def test_streams_depend_on_seed_and_label_only():
    alone = Draws(seed=1, n_rows=5).uniform("b")
    draws = Draws(seed=1, n_rows=50)
    draws.uniform("a")
    assert draws.uniform("b")[:5].tolist() == alone.tolist()
    assert Draws(seed=2, n_rows=5).uniform("b").tolist() != alone.tolist()
    assert Draws(seed=1, n_rows=5).uniform("c").tolist() != alone.tolist()


def test_a_label_gives_its_numbers_once():
    draws = Draws(seed=1, n_rows=5)
    draws.normal("a")
    with pytest.raises(ValueError, match="'a' was drawn from already"):
        draws.chance("a", 0.5)


def test_uniform_and_normal_have_their_moments():
    draws = Draws(seed=1, n_rows=N_MANY)
    uniform, normal = draws.uniform("u"), draws.normal("n")
    assert uniform.min() > 0 and uniform.max() < 1
    # Five standard errors of each mean; the seed is fixed, so that this can't flicker.
    assert uniform.mean() == pytest.approx(0.5, abs=5 * 12**-0.5 / N_MANY**0.5)
    assert normal.mean() == pytest.approx(0, abs=5 / N_MANY**0.5)
    assert normal.std() == pytest.approx(1, abs=5 / (2 * N_MANY) ** 0.5)


def test_choice_follows_its_weights():
    drawn = Draws(seed=1, n_rows=N_MANY).choice("c", {"often": 9, "never": 0, "rare": 1})
    assert set(drawn) == {"often", "rare"}
    assert np.mean(drawn == "rare") == pytest.approx(0.1, abs=0.015)


def test_choice_by_uses_each_rows_own_table():
    groups = np.array(["new", "old"] * 50)
    drawn = Draws(seed=1, n_rows=100).choice_by("c", groups, {"new": {"N": 1}, "old": {"O": 1}})
    assert drawn.tolist() == ["N", "O"] * 50


def test_grade_takes_the_last_label_whose_lower_end_is_reached():
    steps = {"Fa": 0.0, "TA": 4.0, "Gd": 7.0}
    assert grade(np.array([-5.0, 3.9, 4.0, 7.0, 99.0]), steps).tolist() == ["Fa", "Fa", "TA", "Gd", "Gd"]


def test_whole_clips_and_rounds():
    rounded = whole(np.array([-3.0, 2.6, 99.0]), 0, 10)
    assert rounded.tolist() == [0, 3, 10]
    assert rounded.dtype == np.int64
