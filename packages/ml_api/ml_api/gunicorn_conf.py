"""Configuration of gunicorn: ``gunicorn -c python:ml_api.gunicorn_conf ml_api.wsgi:app``.

gunicorn reads the names below out of this module, so that importing it reads the environment; nothing else
imports it. What the command line of gunicorn says goes first.
"""

from __future__ import annotations

from pathlib import Path

from ml_api.settings import Settings, read_settings

_settings: Settings = read_settings()

bind = _settings.bind
workers = _settings.workers
worker_class = "sync"
timeout = _settings.timeout_s
graceful_timeout = _settings.graceful_timeout_s

# Each worker loads its own model after the fork: numeric libraries keep threads and locks that a fork breaks.
preload_app = False

# Workers tell that they live by touching a file; on a disk, that can block.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes its own names there

# Its default is a socket in somebody's home.
control_socket_disable = True

# The application writes its own line per request.
accesslog = None
errorlog = "-"
loglevel = _settings.log_level.lower()
proc_name = "ml-api"
