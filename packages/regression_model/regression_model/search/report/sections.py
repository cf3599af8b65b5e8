"""The sections of the report, one function each; None where there is nothing to tell."""

from __future__ import annotations

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray
from regression_model.evaluation.number_format import format_count
from regression_model.evaluation.report.html import Html, definitions, element, join, table
from regression_model.evaluation.report.sections import figure
from regression_model.records.leaderboard import Leaderboard, Row
from regression_model.records.row_text import (
    HEADER,
    describe_latency,
    describe_parameters,
    describe_row,
    describe_size,
    format_precise,
)
from regression_model.search.ensembling import EnsembleChoice
from regression_model.search.outcome import SearchOutcome
from regression_model.search.report.choice_plots import (
    plot_error_correlation,
    plot_parallel_coordinates,
    plot_weights,
)
from regression_model.search.report.progress_plots import plot_score_against_latency, plot_score_over_trials

MAX_ROWS = 100


def build_result_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """Show the answer: which model, how good, how fast, how large."""
    winner = next((row for row in board.rows if row.winner), None)
    if winner is None or winner.score is None:
        return element("p", "No trial has led to a model.", class_="notice")
    metric, unit = board.definition, outcome.config.target.unit or None
    return join(
        element(
            "div",
            _card(
                "Model", winner.family, f"trial {winner.number}" if winner.origin not in _TOGETHER else "an ensemble"
            ),
            _card(
                f"{metric.label}, cross-validated", format_precise(metric, winner.score, unit), _interval(winner, board)
            ),
            _card(
                f"{metric.label}, holdout",
                format_precise(metric, winner.holdout, unit) if winner.holdout is not None else "not measured",
                "rows that the search has never seen",
            ),
            _card("One row", describe_latency(winner), "median time to predict it"),
            _card("Size", describe_size(winner.size_bytes), "compiled" if winner.compiled else "not compiled"),
            class_="cards",
        ),
        element(
            "p",
            f"{describe_parameters(winner.parameters)}. " if winner.parameters else "",
            "To make it the model of the configuration file: ",
            element("code", f"regression-model promote runs/{outcome.config.search.experiment}/{outcome.run}"),
            class_="note",
        ),
    )


_TOGETHER = ("vote", "stack")


def build_guardrail_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """List what was noticed in the table, and what was done about it."""
    del board
    if not outcome.guardrails:
        return None
    rows = [
        [
            str(found["name"]).replace("_", " "),
            str(found["severity"]),
            ", ".join(map(str, found["columns"])),
            str(found["found"]),
            str(found["done"]),
        ]
        for found in outcome.guardrails
    ]
    header = ["Check", "Severity", "Columns", "Found", "Done about it"]
    return table("Guardrails", header, rows, numbers_from=len(header))


def build_leaderboard_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """Show all trials, the best first."""
    if not board.rows:
        return None
    unit = outcome.config.target.unit or None
    rows = [describe_row(row, board.definition, unit, max_parameters=None) for row in board.rows[:MAX_ROWS]]
    rest = len(board.rows) - len(rows)
    header = ["Rank", *(name[0].upper() + name[1:] for name in HEADER[1:])]
    note = (
        f"Scores are {board.definition.label} over out-of-fold predictions, {_better(board)} is better, with bootstrap "
        "intervals. Weights of ensembles were learned on other folds than they are scored on. The holdout had no say "
        "in the choice. * marks the winner."
    )
    more = f" {format_count(rest)} more rows are in leaderboard.csv." if rest else ""
    return join(table("Leaderboard", header, rows, numbers_from=4), element("p", note + more, class_="note"))


def build_trial_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """Draw how the search went on."""
    del outcome
    plots = [plot for plot in (plot_score_over_trials(board), plot_score_against_latency(board)) if plot is not None]
    parallel = plot_parallel_coordinates(board)
    if not plots:
        return None
    return join(
        element("div", *(figure(plot) for plot in plots), class_="plots"),
        element("div", figure(parallel), class_="wide") if parallel is not None else None,
    )


def build_ensemble_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """Draw how alike the trials' errors are, and what the winning or the best ensemble is made of."""
    winner = next((row for row in board.rows if row.winner), None)
    together = [one for one in outcome.choices if one.kind != "single"]
    together.sort(key=lambda one: winner is None or (one.kind, one.score) != (winner.origin, winner.score))
    choice = together[0] if together else None
    members = {member.number: member.weight for member in choice.members} if choice is not None else {}
    errors = {number: _find_errors(outcome, number) for number in outcome.predictions}
    correlation = plot_error_correlation(board, errors, members)
    weights = plot_weights(choice) if choice is not None else None
    plots = [figure(plot) for plot in (weights, correlation) if plot is not None]
    if not plots and choice is None:
        return None
    shown = element("div", *plots, class_="plots") if plots else None
    members_table = _describe_members(choice, board) if choice is not None else None
    return join(shown, element("div", members_table, class_="wide") if members_table is not None else None)


def build_facts_section(outcome: SearchOutcome, board: Leaderboard) -> Html | None:
    """List what else is known of the search."""
    del board
    return definitions(outcome.facts.items()) if outcome.facts else None


def _describe_members(choice: EnsembleChoice, board: Leaderboard) -> Html:
    by_number = {row.number: row for row in board.rows}
    rows = []
    for member in choice.members:
        row = by_number.get(member.number)
        score = format_precise(board.definition, row.score) if row is not None and row.score is not None else ""
        weight = "" if member.weight is None else f"{member.weight:.1%}"
        rows.append([member.name, describe_parameters(row.parameters) if row is not None else "", weight, score])
    header = ["Member", "Hyperparameters", "Weight", "Score alone"]
    return table(f"Members of the {choice.kind}", header, rows, numbers_from=2)


def _find_errors(outcome: SearchOutcome, number: int) -> FloatArray:
    """Return what a model missed: the residual, or 1 less the probability of the actual class."""
    predicted = np.asarray(outcome.predictions[number], dtype=np.float64)
    if outcome.classes is None:
        residuals: FloatArray = predicted - np.asarray(outcome.target, dtype=np.float64)
        return residuals
    places = {label: place for place, label in enumerate(outcome.classes)}
    codes = np.array([places[label] for label in np.asarray(outcome.target).tolist()], dtype=np.intp)
    missed: FloatArray = 1.0 - predicted[np.arange(len(codes)), codes]
    return missed


def _card(title: str, value: str, note: str) -> Html:
    return element(
        "div",
        element("h3", title),
        element("p", value, class_="value"),
        element("p", note, class_="interval"),
        class_="card",
    )


def _interval(row: Row, board: Leaderboard) -> str:
    if row.low is None or row.high is None:
        return "no interval"
    return f"{format_precise(board.definition, row.low)} to {format_precise(board.definition, row.high)}"


def _better(board: Leaderboard) -> str:
    return "lower" if board.definition.direction == "minimize" else "higher"
