from __future__ import annotations

import threading
import warnings

import pytest

from regression_model.ignored_warnings import ignore_warnings


def test_others_are_told_as_before():
    with ignore_warnings("dull", UserWarning):
        warnings.warn("dull, but true", UserWarning, stacklevel=1)
        with pytest.warns(UserWarning, match="news"):
            warnings.warn("news", UserWarning, stacklevel=1)
    with pytest.warns(UserWarning, match="dull"):
        warnings.warn("dull, but true", UserWarning, stacklevel=1)


def test_threads_leave_the_filters_as_they_were():
    """The first to come is the first to leave, while the second is still inside."""
    before = warnings.filters[:]
    second_is_in, first_is_out = threading.Event(), threading.Event()
    inside = []

    def be_second():
        with ignore_warnings("dull"):
            second_is_in.set()
            assert first_is_out.wait(10)
            inside.append(list(warnings.filters))

    with ignore_warnings("dull"):
        thread = threading.Thread(target=be_second)
        thread.start()
        assert second_is_in.wait(10)
    first_is_out.set()
    thread.join(10)
    assert inside[0] != before
    assert warnings.filters == before


def test_an_error_puts_the_filters_back():
    before = warnings.filters[:]
    with pytest.raises(KeyError), ignore_warnings():
        raise KeyError
    assert warnings.filters == before
