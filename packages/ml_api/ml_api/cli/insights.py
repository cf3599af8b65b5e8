"""``ml-api insights``: what the prediction log says."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ml_api.cli.insights_text import describe_insights
from ml_api.errors import ApiError, InsightsError
from ml_api.services.insights import collect_insights
from ml_api.settings import read_settings


@click.command()
@click.option(
    "--log", type=click.Path(path_type=Path), help="Folder of the prediction log, instead of ML_API_PREDICTION_LOG."
)
@click.option(
    "--artifact",
    type=click.Path(path_type=Path),
    help="Manifest of the model that drift is measured against, or a folder with one, instead of ML_API_ARTIFACT.",
)
@click.option(
    "--trusted-keys",
    type=click.Path(path_type=Path),
    help="Public keys, one of which has to have signed the model, instead of ML_API_TRUSTED_KEYS_FILE.",
)
@click.option("--days", type=click.IntRange(1, 36_500), help="Only predictions of the last so many times 24 hours.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def insights(
    log: Path | None, artifact: Path | None, trusted_keys: Path | None, days: int | None, as_json: bool
) -> None:
    """Show traffic, latency, refused rows, live accuracy and drift from the prediction log.

    Needs the extra 'insights': pip install 'ml-api[insights]'.

    Exit codes: 0, also if something has drifted; 1 if the log, the model or the settings can't be used; 2 for a wrong
    command line.
    """
    try:
        folder, artifact, trusted_keys = _complete(log, artifact, trusted_keys)
        found = collect_insights(folder, artifact_path=artifact, trusted_keys=trusted_keys, n_days=days)
    except ApiError as error:
        raise click.ClickException(error.message) from None
    click.echo(json.dumps(found.to_json(), indent=2) if as_json else describe_insights(found))


def _complete(
    log: Path | None, artifact: Path | None, trusted_keys: Path | None
) -> tuple[Path, Path | None, Path | None]:
    """Take from the settings what the command line leaves out; whom to trust is never left out by mistake."""
    settings = read_settings()
    folder = settings.prediction_log if log is None else log
    if folder is None:
        raise InsightsError("No prediction log is kept: set ML_API_PREDICTION_LOG, or name its folder with --log.")
    return folder, artifact or settings.artifact, trusted_keys or settings.trusted_keys_file
