"""Measures the speed of predictions: in process, over HTTP, of the command line, and of the start of a server.

One command measures everything in one run, all sides of a comparison in turn, and ``--output`` writes a report. The
load comes from ``wrk`` (``apt-get install wrk``), the servers share one core, the load has another. With ``--peers``,
MLflow, BentoML and MLServer serve the same fitted pipeline, each installed together with ``regression-model`` in an
environment ``peer-NAME`` in that folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from speed.feature_costs import measure_feature_costs
from speed.http_speed import Plan, measure_features, measure_many_rows, measure_one_row
from speed.in_process import measure_in_process
from speed.models import train_models
from speed.peers import find_peers
from speed.report import Section, write_report
from speed.startup import measure_start
from speed.table_files import measure_files

PARTS = ("in-process", "one-row", "many-rows", "features", "costs", "start", "files")


def main() -> None:
    """Measure, print, and write the report."""
    arguments = _parse_arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("Training the models", flush=True)
        models = train_models(folder, arguments.data)
        plan = Plan(folder, arguments.rounds, arguments.seconds)
        peers = find_peers(arguments.peers)
        parts: dict[str, Callable[[], Section]] = {
            "in-process": lambda: measure_in_process(models),
            "one-row": lambda: measure_one_row(plan, models, peers),
            "many-rows": lambda: measure_many_rows(plan, models),
            "features": lambda: measure_features(plan, models[0]),
            "costs": lambda: measure_feature_costs(folder, models[0]),
            "start": lambda: measure_start(folder, models[0]),
            "files": lambda: measure_files(folder, models[0]),
        }
        sections = []
        for part in arguments.parts:
            print(f"Measuring: {part}", flush=True)
            sections.append(parts[part]())
            print(sections[-1].to_text(), end="\n\n", flush=True)
    if arguments.output is not None:
        # Where somebody keeps the table and the peers says nothing to others.
        words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
        write_report(arguments.output, sections, " ".join(["python benchmarks/run.py", *words]))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--data", type=Path, help="table of house prices (default: the embedded sample)")
    parser.add_argument("--rounds", type=int, default=5, help="laps per server (default: 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a lap (default: 3)")
    parser.add_argument(
        "--peers", type=Path, help="folder with the environments peer-mlflow, peer-bentoml, peer-mlserver"
    )
    parser.add_argument("--output", type=Path, help="where to write the report (default: nowhere)")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; parts are {', '.join(PARTS)}")
    arguments.parts = arguments.parts or list(PARTS)
    arguments.data = None if arguments.data is None else arguments.data.resolve()
    return arguments


if __name__ == "__main__":
    main()
