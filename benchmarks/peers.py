"""Measures how good the models are that searches find within a time limit, ours and those of other systems.

A plan (``quality_plan.toml``) says what: comparisons on the same rows with the same seconds, what ``promote`` and
``train`` make of a winner, the shipped models of series, and the shipped sweeps. Each measurement is kept as JSON in
``--results``; what is there is not measured again, so that a plan goes on where it was stopped. What failed is tried
again. FLAML and AutoGluon take part with ``--flaml`` and ``--autogluon``, each installed in an environment of its own.

On a machine with nothing else to do, all that the report has::

    python benchmarks/peers.py --data DATA --results OUT --flaml ENV --autogluon ENV --report benchmarks/RESULTS.md

``--list`` says what is there and what is not; words in front choose measurements by their names: ``peers.py sweep``.
``--seconds 5`` tries the plan itself. With ``--report``, the section on searches in that file is written anew, from all
that is there.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from marked_section import put_section
from quality.measuring import Surroundings, is_possible, measure
from quality.number_format import format_number
from quality.plan import Measurement, PlanError, read_plan
from quality.processes import MeasurementError
from quality.records import Record, Records, describe_surroundings
from quality.report import write_section
from quality.targets import check_all

SECTION = "searches"


def main(words: Sequence[str] | None = None) -> None:
    """Measure what is not there yet, print, and write the report."""
    words = sys.argv[1:] if words is None else words
    arguments = _parse_arguments(words)
    try:
        plan = read_plan(arguments.plan, seconds=arguments.seconds)
    except PlanError as error:
        sys.exit(f"error: {error}")
    chosen = [item for item in plan if not arguments.names or any(name in item.key for name in arguments.names)]
    records = Records(arguments.results.resolve())
    if arguments.list:
        _list_all(chosen, records)
        return
    places = _find_places(arguments)
    for measurement in chosen:
        _measure(measurement, records, places)
    if arguments.report is not None:
        found = [record for item in plan if (record := records.find(item)) is not None]
        if not found:
            sys.exit("error: nothing has been measured yet: there is nothing to report")
        put_section(arguments.report, SECTION, write_section(found, _describe_command(words)))


def _measure(measurement: Measurement, records: Records, places: Surroundings | None) -> None:
    known = records.find(measurement)
    if known is not None and known.result is not None:
        print(f"{measurement.key}: there already", flush=True)
        return
    if places is None or not is_possible(measurement, places):
        print(f"{measurement.key}: left out, because its data or environment is not named", flush=True)
        return
    print(f"{measurement.key}: measuring", flush=True)
    surroundings, folder = describe_surroundings(), records.begin(measurement)
    try:
        record = Record(measurement, measure(measurement, places, folder), "", surroundings)
    except MeasurementError as error:
        record = Record(measurement, None, str(error), surroundings)
        print(f"{measurement.key}: failed: {error}", flush=True)
    records.save(record)
    _show(record)


def _show(record: Record) -> None:
    for name, value in ((record.result or {}).get("scores") or {}).items():
        print(f"  {name}: {format_number(value)}", flush=True)
    for check in check_all([record]):
        verdict = {None: "", True: ": holds", False: ": MISSED"}[check.holds]
        print(f"  {check.what}: {check.found}{f' ({check.target})' if check.target else ''}{verdict}", flush=True)


def _list_all(chosen: list[Measurement], records: Records) -> None:
    for measurement in chosen:
        record = records.find(measurement)
        state = "to be measured" if record is None else "there" if record.result is not None else "failed"
        print(f"{measurement.key}: {state}")


def _find_places(arguments: argparse.Namespace) -> Surroundings | None:
    if arguments.data is None:
        return None
    # Not resolved: the interpreter of an environment is a link, and is found by where the link lies.
    named = {name: getattr(arguments, name) for name in ("flaml", "autogluon")}
    environments = {name: path.absolute() for name, path in named.items() if path is not None}
    return Surroundings(arguments.data.resolve(), environments)


def _describe_command(words: Sequence[str]) -> str:
    # Where somebody keeps the tables and the peers says nothing to others.
    shown = [Path(word).name if Path(word).is_absolute() else word for word in words]
    return " ".join(["python benchmarks/peers.py", *shown])


def _parse_arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="WORD", help="only measurements whose names have one of these")
    default = Path(__file__).with_name("quality_plan.toml")
    parser.add_argument("--plan", type=Path, default=default, metavar="FILE", help="(default: quality_plan.toml here)")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="where the tables lie; without it nothing is measured"
    )
    parser.add_argument("--results", type=Path, required=True, metavar="FOLDER", help="where each result is kept")
    parser.add_argument("--flaml", type=Path, metavar="FOLDER", help="environment that has FLAML")
    parser.add_argument("--autogluon", type=Path, metavar="FOLDER", help="environment that has AutoGluon")
    parser.add_argument("--seconds", type=float, metavar="S", help="in the place of all time limits of the plan")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the section on searches in this file anew")
    parser.add_argument("--list", action="store_true", help="say what there is, and measure nothing")
    return parser.parse_args(words)


if __name__ == "__main__":
    # So that what is being measured ends with us, as it does with Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
