"""Configuration of gunicorn: ``gunicorn -c python:ml_api.gunicorn_conf ml_api.wsgi:app``.

gunicorn reads the names below out of this module, so that importing it reads the environment; nothing else
imports it. What the command line of gunicorn says goes first.
"""

from __future__ import annotations

import gc
from typing import Any

from ml_api.errors import SettingsError
from ml_api.services.metrics_folder import (
    find_memory_folder,
    find_metrics_folder,
    fold_in_dead_worker,
    make_metrics_folder,
    remove_metrics_folder,
    restore_metrics_folder,
)
from ml_api.services.model import import_model_runtime
from ml_api.services.server_start import check_start, note_start
from ml_api.settings import Settings, read_settings

_settings: Settings = read_settings()

bind = _settings.bind
workers = _settings.workers
# One thread for all connections of a worker, so that slow clients cost memory and nothing else. Long computations
# leave that thread: see `ml_api.services.offload`.
worker_class = "ml_api.gunicorn_worker.Worker"
worker_connections = 1000
timeout = _settings.timeout_s
graceful_timeout = _settings.graceful_timeout_s
# Also what ends a request whose headers come drop by drop.
keepalive = _settings.keepalive_s

# A request of ours has a short first line and few headers; proxies add some.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# What a proxy says of a client counts where ML_API_TRUSTED_PROXIES says so, in the application, and nowhere else. By
# default, gunicorn would believe everybody on this machine, and anybody whose proxy hands their headers on.
forwarded_allow_ips = ""
forwarder_headers = ""
# Headers with an underscore, which would pass for others with a hyphen, are left out.
header_map = "drop"

# The parser that our tests of broken requests have tried, also where a faster one is installed.
http_parser = "python"
http_protocols = "h1"

# Bounds whatever a library may leak. The jitter keeps the workers from being replaced all at once.
max_requests = _settings.max_requests
max_requests_jitter = _settings.max_requests // 10

# Each worker has one core's worth of work; numeric libraries read these when they are first imported, in the worker.
raw_env = [
    "OMP_NUM_THREADS=1",
    "OPENBLAS_NUM_THREADS=1",
    "MKL_NUM_THREADS=1",
    "BLIS_NUM_THREADS=1",
    "NUMEXPR_NUM_THREADS=1",
    "VECLIB_MAXIMUM_THREADS=1",
]

# Each worker loads its own model after the fork: numeric libraries keep threads and locks that a fork breaks.
preload_app = False

# Workers tell that they live by touching a file; on a disk, that can block.
_memory = find_memory_folder()
worker_tmp_dir = None if _memory is None else str(_memory)

# Its default is a socket in somebody's home.
control_socket_disable = True

# The application writes its own line per request.
accesslog = None
errorlog = "-"
loglevel = _settings.log_level.lower()
proc_name = "ml-api"


def on_starting(_server: Any) -> None:  # noqa: ANN401 - gunicorn's classes have no types
    """Refuse what must not be served; make the folder through which the workers count together."""
    try:
        check_start(_settings)
    except SettingsError as error:
        raise RuntimeError(error.message) from None  # which gunicorn tells without a traceback
    make_metrics_folder(_memory)
    note_start()
    import_model_runtime()  # workers share the memory that it takes
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, _worker: Any) -> None:  # noqa: ANN401
    """Make sure that the worker finds the folder."""
    try:
        restore_metrics_folder()
    except OSError:  # the worker will say what it can't do
        server.log.exception("the metrics' folder can't be made again")


def post_worker_init(_worker: Any) -> None:  # noqa: ANN401
    """Have what the application consists of no longer looked through for garbage, of which there is none in it."""
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401
    """Keep what a worker has counted, however it ended."""
    folder = find_metrics_folder()
    try:
        if folder is not None:
            fold_in_dead_worker(folder, worker.pid)
    except Exception:  # a count that is lost must not stop the server
        server.log.exception("the metrics of worker %s can't be kept", worker.pid)


def on_exit(_server: Any) -> None:  # noqa: ANN401
    """Remove the folder that `on_starting` has made."""
    remove_metrics_folder()
