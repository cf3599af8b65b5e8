"""The parts of the benchmark of speed; see ``benchmarks/run.py``."""
