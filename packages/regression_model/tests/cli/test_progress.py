from __future__ import annotations

import io

import pytest
from rich.console import Console

from regression_model.cli.progress import DownloadBar, Stages, row_bar
from regression_model.predict import FileSummary


def build_console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, force_terminal=terminal, width=100, color_system=None), text


@pytest.mark.parametrize("terminal", [True, False])
def test_each_stage_is_said_when_it_is_done(terminal):
    console, text = build_console(terminal=terminal)
    with Stages(console) as stages:
        stages("Reading")
        stages("Writing")
    lines = [line for line in text.getvalue().splitlines() if "done" in line]
    assert ["Reading" in lines[0], "Writing" in lines[1]] == [True, True]


def test_a_stage_that_fails_is_not_done():
    console, text = build_console(terminal=False)
    with pytest.raises(ZeroDivisionError), Stages(console) as stages:
        stages("Reading")
        stages("Dividing")
        raise ZeroDivisionError
    assert "Reading" in text.getvalue()
    assert "Dividing" not in text.getvalue()


@pytest.mark.parametrize("total", [None, 2_000_000])
def test_a_download_draws_its_bar_between_two_stages(total):
    console, text = build_console(terminal=True)
    with Stages(console) as stages, DownloadBar(console, stages) as bar:
        stages("Loading")
        bar(500_000, total)
        bar(2_000_000, total)
        bar(2_000_000, total)
        stages("Next")
    assert "Downloading" in text.getvalue()
    assert "2.0" in text.getvalue()


def test_a_download_without_bytes_draws_nothing():
    console, text = build_console(terminal=True)
    with DownloadBar(console):
        pass
    assert text.getvalue() == ""


@pytest.mark.parametrize("total", [None, 100])
def test_rows_are_counted_with_their_speed(total):
    console, text = build_console(terminal=True)
    with row_bar(console) as bar:
        bar(FileSummary(n_rows=12_345, done=50, total=total))
    assert "12,345 rows" in text.getvalue()


def test_a_log_of_a_run_holds_no_bars():
    console, text = build_console(terminal=False)
    with row_bar(console) as bar:
        bar(FileSummary(n_rows=12_345, done=50, total=100))
    assert text.getvalue() == ""
