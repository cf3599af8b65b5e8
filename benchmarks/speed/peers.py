"""Other people's servers with the same fitted pipeline, each in an environment of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from speed.load import Target
from speed.models import Trained
from speed.servers import find_free_port, run_server

SCRIPTS = Path(__file__).parent / "peer_scripts"


@dataclass(frozen=True)
class Peer:
    """A server to compare with.

    Attributes
    ----------
    name : str
        ``mlflow``, ``bentoml`` or ``mlserver``.
    python : Path
        Interpreter of the environment in which it and `regression_model` are installed.
    """

    name: str
    python: Path

    @property
    def target(self) -> float:
        """How many times as many requests per second we want to answer."""
        return {"mlflow": 70.0, "bentoml": 45.0, "mlserver": 50.0}[self.name]


def find_peers(folder: Path | None) -> list[Peer]:
    """Find the environments ``peer-NAME`` in a folder."""
    if folder is None:
        return []
    found = [Peer(name, folder / f"peer-{name}" / "bin" / "python") for name in ("mlflow", "bentoml", "mlserver")]
    return [peer for peer in found if peer.python.exists()]


def serve_peers(peers: Sequence[Peer], trained: Trained, folder: Path, stack: ExitStack) -> list[Target]:
    """Start all of them; return where to ask."""
    return [_STARTERS[peer.name](peer, trained, folder, stack) for peer in peers]


def _prepare(peer: Peer, trained: Trained, folder: Path) -> Path:
    """Save the pipeline in the form that the server reads, with its own libraries."""
    model = folder / f"{peer.name}_model"
    if model.exists():
        shutil.rmtree(model)
    subprocess.run(  # noqa: S603 - our own script
        [str(peer.python), str(SCRIPTS / f"save_{peer.name}.py"), str(trained.folder), str(model)],
        check=True, stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    return model


def _environ(peer: Peer) -> dict[str, str]:
    return {"PATH": f"{peer.python.parent}:/usr/bin:/bin", "PYTHONPATH": str(SCRIPTS), "OMP_NUM_THREADS": "1"}


def _start_mlflow(peer: Peer, trained: Trained, folder: Path, stack: ExitStack) -> Target:
    model, port = _prepare(peer, trained, folder), find_free_port()
    command = [str(peer.python), "-m", "mlflow", "models", "serve", "--model-uri", str(model), "--env-manager", "local",
               "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]  # fmt: skip
    stack.enter_context(run_server(command, port=port, environ=_environ(peer), folder=folder, ready="/ping"))
    body = _write(folder, peer, {"dataframe_records": [trained.rows[0]]})
    return Target(peer.name, f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "application/json"})


def _start_bentoml(peer: Peer, trained: Trained, folder: Path, stack: ExitStack) -> Target:
    model, port = _prepare(peer, trained, folder), find_free_port()
    command = [str(peer.python), "-m", "bentoml", "serve", "bentoml_service:Predictor", "--working-dir", str(SCRIPTS),
               "--host", "127.0.0.1", "--port", str(port)]  # fmt: skip
    environ = {
        **_environ(peer),
        "BENCHMARK_MODEL": str(model),
        "BENTOML_HOME": str(folder / "bentoml"),
        "BENTOML_DO_NOT_TRACK": "True",
    }
    stack.enter_context(run_server(command, port=port, environ=environ, folder=folder, ready="/readyz"))
    body = _write(folder, peer, {"row": trained.rows[0]})
    return Target(peer.name, f"http://127.0.0.1:{port}/predict", body, {"Content-Type": "application/json"})


def _start_mlserver(peer: Peer, trained: Trained, folder: Path, stack: ExitStack) -> Target:
    model, port = _prepare(peer, trained, folder), find_free_port()
    settings = {
        "host": "127.0.0.1", "http_port": port, "grpc_port": find_free_port(), "metrics_port": find_free_port(),
        "parallel_workers": 0,
    }  # fmt: skip
    (model / "settings.json").write_text(json.dumps(settings))
    command = [str(peer.python), "-m", "mlserver.cli.main", "start", str(model)]
    ready = "/v2/models/pipeline/ready"
    stack.enter_context(run_server(command, port=port, environ=_environ(peer), folder=folder, ready=ready))
    body = _write(folder, peer, _as_tensors(trained))
    return Target(
        peer.name, f"http://127.0.0.1:{port}/v2/models/pipeline/infer", body, {"Content-Type": "application/json"}
    )


def _as_tensors(trained: Trained) -> dict[str, object]:
    """Write a row as the Open Inference Protocol has it, a tensor per column."""
    inputs = []
    for name, value in trained.rows[0].items():
        is_text = isinstance(value, str)
        data = [value if value is not None else None]
        kind = {"datatype": "BYTES", "parameters": {"content_type": "str"}} if is_text else {"datatype": "FP64"}
        inputs.append({"name": name, "shape": [1], **kind, "data": data})
    return {"parameters": {"content_type": "pd"}, "inputs": inputs}


_STARTERS = {"mlflow": _start_mlflow, "bentoml": _start_bentoml, "mlserver": _start_mlserver}


def _write(folder: Path, peer: Peer, document: object) -> Path:
    path = folder / f"{peer.name}_row.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
