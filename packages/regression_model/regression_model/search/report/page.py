"""The page: sections from top to bottom."""

from __future__ import annotations

from regression_model.evaluation.report.html import Html, element, join
from regression_model.evaluation.report.page import build_head
from regression_model.records.leaderboard import Leaderboard
from regression_model.search.outcome import SearchOutcome
from regression_model.search.report.best_model import build_best_section
from regression_model.search.report.sections import (
    build_ensemble_section,
    build_facts_section,
    build_guardrail_section,
    build_leaderboard_section,
    build_result_section,
    build_trial_section,
)

TRUNCATED = "The clock ended this search before all trials were done. The trials that were done can be replayed."

SECTIONS = (
    ("result", "Result", build_result_section),
    ("guardrails", "What was noticed in the table", build_guardrail_section),
    ("leaderboard", "Leaderboard", build_leaderboard_section),
    ("trials", "Trials", build_trial_section),
    ("ensemble", "Models together", build_ensemble_section),
    ("best", "The best model", build_best_section),
    ("facts", "This search", build_facts_section),
)


def build_search_report(outcome: SearchOutcome, board: Leaderboard) -> str:
    """Return the report as a self-contained HTML page; the same inputs give the same text.

    Parameters
    ----------
    outcome : SearchOutcome
    board : Leaderboard
        Of the same search.

    Raises
    ------
    MissingExtraError
        If matplotlib isn't installed.
    """
    sections = [(anchor, title, build(outcome, board)) for anchor, title, build in SECTIONS]
    told = [(anchor, title, content) for anchor, title, content in sections if content]
    links = [element("li", element("a", title, href=f"#{anchor}")) for anchor, title, _ in told]
    body = [element("section", element("h2", title), content, id=anchor) for anchor, title, content in told]
    navigation = element("nav", element("ul", *links), aria_label="Sections")
    page = element(
        "html",
        build_head(f"Search {outcome.run}"),
        element("body", _build_header(outcome, board, navigation), element("main", *body)),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _build_header(outcome: SearchOutcome, board: Leaderboard, navigation: Html) -> Html:
    config = outcome.config
    done = sum(row.score is not None and row.origin not in ("vote", "stack") for row in board.rows)
    failed = sum(row.score is None for row in board.rows)
    summary = join(
        f"{config.task} of ",
        element("strong", config.target.column + (f" ({config.target.unit})" if config.target.unit else "")),
        f" by {board.definition.label} · {done} trials" + (f", {failed} more failed" if failed else ""),
        f" · run {outcome.run}",
    )
    return element(
        "header",
        element("p", "Search report", class_="kicker"),
        element("h1", config.pipeline_name),
        element("p", summary, class_="summary"),
        element("p", TRUNCATED, class_="notice", role="note") if outcome.truncated else None,
        navigation,
    )
