from __future__ import annotations

import sys
import warnings
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from regression_model.errors import MissingExtraError
from regression_model.evaluation.plots.canvas import (
    INK,
    label_axes,
    new_axes,
    plain_label,
    render_svg,
    use_row_labels,
)


def draw(name, label="x"):
    figure, axes = new_axes()
    axes.plot([0, 1], [0, 1], color=INK)
    label_axes(axes, label, "y")
    return render_svg(figure, name)


def test_svg_is_the_same_on_every_run_and_has_no_address():
    assert draw("one") == draw("one")
    assert "http" not in draw("one")
    assert "matplotlib" not in draw("one")


def test_ids_are_those_of_the_plot_and_every_reference_has_its_target():
    svg = draw("one")
    root = ElementTree.fromstring(svg.replace("<svg", '<svg xmlns:xlink="x"', 1))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) > 5
    assert all(identity.startswith("one-") for identity in ids)
    references = {value[1:] for element in root.iter() for key, value in element.items() if key.endswith("href")}
    references |= {element.get("clip-path")[5:-1] for element in root.iter() if element.get("clip-path")}
    assert references
    assert references <= set(ids)


def test_ink_follows_the_page():
    assert f"var(--ink, {INK})" in draw("one")


def test_formulas_and_foreign_letters_are_plain_text():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw("one", "price $\\frac$ in 円")
    assert plain_label("price in 円 €") == "price in □ €"
    assert plain_label("x" * 50, 10) == "xxxxxxxxx…"


def test_row_labels_are_not_formulas_either():
    figure, axes = new_axes()
    use_row_labels(axes, ["$\\oops$", "b"])
    assert "<svg" in render_svg(figure, "rows")


def test_global_settings_stay_as_they_were():
    before, backend = dict(mpl.rcParams), mpl.get_backend(auto_select=False)
    draw("one")
    assert dict(mpl.rcParams) == before
    assert mpl.get_backend(auto_select=False) == backend


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"The report needs .*regression-model\[report\]"):
        new_axes()
