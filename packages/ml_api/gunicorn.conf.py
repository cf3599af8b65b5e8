"""Found by gunicorn when it is started in this folder: ``gunicorn ml_api.wsgi:app``."""

from ml_api.gunicorn_conf import *  # noqa: F403
