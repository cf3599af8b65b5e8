"""Measures how good the models are that searches find within a time limit, ours and those of other systems.

Each system gets the same 80 % of the rows of each table and the same seconds on the same cores, one after the other,
and predicts the other 20 %. Ours begins with a configuration that ``regression-model init`` drafts from the table. The
clock runs from the start of the process to the saved model. With ``--peers``, FLAML and AutoGluon take part, each
installed in an environment ``peer-flaml`` or ``peer-autogluon`` in that folder; ``--output`` writes a report.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from quality.outcome import Outcome, find_interval, score
from quality.report import Comparison, write_comparisons
from quality.systems import OURS, find_systems, run_ours, run_peer
from quality.tables import TABLES, Table, divide

PRIMARY_SEED = 42


def main() -> None:
    """Measure, print, and write the report."""
    arguments = _parse_arguments()
    comparisons = []
    for table in TABLES:
        if arguments.tables and table.name not in arguments.tables:
            continue
        for seed in arguments.seeds:
            comparison = _compare(table, seed, arguments)
            print(comparison.to_text(), end="\n\n", flush=True)
            comparisons.append(comparison)
    if arguments.output is not None:
        words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
        write_comparisons(arguments.output, comparisons, " ".join(["python benchmarks/peers.py", *words]))


def _compare(table: Table, seed: int, arguments: argparse.Namespace) -> Comparison:
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = divide(table, arguments.data, folder, seed)
        for number, system in enumerate(find_systems(arguments.peers, arguments.systems)):
            print(f"{table.name}, seed {seed}: {system.name}", flush=True)
            own = folder / str(number)
            own.mkdir()
            limit = (arguments.seconds, seed)
            try:
                if system.environment is None:
                    outcomes.append(run_ours(table, parts, own, limit))
                else:
                    outcomes.append(run_peer(system, table, parts, own, arguments.peers, limit))
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                log = (own / "log.txt").read_text(errors="replace") if (own / "log.txt").exists() else ""
                print(f"{system.name} failed: {error}\n{log[-2000:]}", flush=True)
    return _describe(table, seed, arguments.seconds, parts.actual, outcomes)


def _describe(table: Table, seed: int, seconds: float, actual: np.ndarray, outcomes: list[Outcome]) -> Comparison:
    ours = next((outcome for outcome in outcomes if outcome.system == OURS), None)
    rows = []
    for outcome in outcomes:
        scores = score(actual, outcome.predictions, is_classification=table.is_classification)
        difference = None
        if ours is not None and outcome is not ours:
            difference = find_interval(table.metric, actual, ours.predictions, outcome.predictions)
        rows.append((outcome, scores, find_interval(table.metric, actual, outcome.predictions), difference))
    return Comparison(table, seed, seconds, tuple(rows))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(table.name for table in TABLES)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"any of {names} (default: all)")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="where TABLE.csv lie")
    parser.add_argument("--seconds", type=float, default=60.0, help="limit for each search (default: 60)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[PRIMARY_SEED], help="of the splits (default: 42)")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where the environments of the peers lie")
    parser.add_argument("--systems", nargs="+", default=[], metavar="NAME", help="only these (default: all there are)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write a report in Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
