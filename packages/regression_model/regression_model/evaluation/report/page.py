"""The report: one HTML file that needs nothing but itself."""

from __future__ import annotations

from importlib import resources

from regression_model.evaluation.facts import is_synthetic
from regression_model.evaluation.metrics import get_metrics
from regression_model.evaluation.number_format import format_count
from regression_model.evaluation.report.html import Html, element, join
from regression_model.evaluation.report.inputs import ReportInputs
from regression_model.evaluation.report.sections import (
    build_data_section,
    build_headline_section,
    build_importance_section,
    build_learning_section,
    build_model_section,
    build_prediction_section,
    build_segment_section,
)

SYNTHETIC_NOTICE = "This model was trained on made-up sample data. It says nothing about the real world."
# Should a name ever slip through unescaped: no script runs, and nothing is fetched.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

SECTIONS = (
    ("metrics", "Metrics", build_headline_section),
    ("predictions", "Predictions", build_prediction_section),
    ("errors", "Error by segment", build_segment_section),
    ("columns", "Permutation importance", build_importance_section),
    ("learning", "Learning curve", build_learning_section),
    ("data", "Data", build_data_section),
    ("model", "Model", build_model_section),
)


def build_report(inputs: ReportInputs) -> str:
    """Return the report as a self-contained HTML page; the same inputs give the same text.

    Parameters
    ----------
    inputs : ReportInputs
        Predictions of the holdout, and what is known about the model.

    Raises
    ------
    MissingExtraError
        If matplotlib isn't installed.
    ConfigError
        If the task is unknown.
    """
    get_metrics(inputs.task)
    sections = [(anchor, title, build(inputs)) for anchor, title, build in SECTIONS]
    told = [(anchor, title, content) for anchor, title, content in sections if content]
    links = [element("li", element("a", title, href=f"#{anchor}")) for anchor, title, _ in told]
    body = [element("section", element("h2", title), content, id=anchor) for anchor, title, content in told]
    page = element(
        "html",
        build_head(inputs.title),
        element(
            "body",
            _header(inputs, element("nav", element("ul", *links), aria_label="Sections")),
            element("main", *body),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def build_head(title: str) -> Html:
    """Return the head of a page of ours: its style, and a policy under which nothing is fetched or run."""
    css = resources.files("regression_model.evaluation.report").joinpath("report.css").read_text(encoding="utf-8")
    policy = Html(f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">')
    viewport = Html('<meta name="viewport" content="width=device-width, initial-scale=1">')
    return element(
        "head",
        Html('<meta charset="utf-8">'),
        policy,
        viewport,
        element("title", title),
        element("style", Html(css)),
    )


def _header(inputs: ReportInputs, navigation: Html) -> Html:
    target = inputs.target_name + (f" ({inputs.target_unit})" if inputs.target_unit else "")
    summary = join(
        "Version ",
        element("strong", inputs.model_version),
        f" · {inputs.task} of ",
        element("strong", target),
        f" · {format_count(inputs.evaluation.n_rows)} holdout rows · {len(inputs.frame.columns)} columns",
    )
    notice = None
    if is_synthetic(inputs.facts):
        notice = element("p", SYNTHETIC_NOTICE, class_="notice", role="note")
    return element(
        "header",
        element("p", "Evaluation report", class_="kicker"),
        element("h1", inputs.title),
        element("p", summary, class_="summary"),
        notice,
        navigation,
    )
