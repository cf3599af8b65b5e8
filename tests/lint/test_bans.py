"""What must never be done with what a client sends is banned by lint rules; here, each is tried by a line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BANNED = {
    "eval": ("", "eval(text)", "S307"),
    "exec": ("", "exec(text)", "S102"),
    "pickle": ("import pickle", "pickle.loads(text)", "TID251"),
    "unpickler": ("import pickle", "pickle.Unpickler(text)", "S301"),
    "cloudpickle": ("import cloudpickle", "cloudpickle.loads(text)", "TID251"),
    "joblib": ("import joblib", "joblib.load(text)", "TID251"),
    "dill": ("import dill", "dill.loads(text)", "S301"),
    "marshal": ("import marshal", "marshal.loads(text)", "S302"),
    "pandas": ("import pandas as pd", "pd.read_pickle(text)", "S301"),
    "YAML": ("import yaml", "yaml.safe_load(text)", "TID251"),
    "YAML by ruamel": ("from ruamel.yaml import YAML", "YAML().load(text)", "TID251"),
    "shell": ("import subprocess", "subprocess.run(text, shell=True, check=True)", "S602"),
    "system": ("import os", "os.system(text)", "S605"),
    "template": ("from flask import render_template_string", "render_template_string(text)", "TID251"),
    "markup": ("from markupsafe import Markup", "Markup(text)", "S704"),
    "XML": ("from xml.etree import ElementTree", "ElementTree.fromstring(text)", "S314"),
    "URL": ("from urllib import request", "request.urlopen(text)", "S310"),
    "URL by urllib": ("from urllib.request import urlopen", 'urlopen("https://host")', "TID251"),
    "URL by http": ("import http.client", "http.client.HTTPConnection(text)", "TID251"),
    "URL by requests": ("import requests", "requests.get(text, timeout=1)", "TID251"),
    "URL by httpx": ("import httpx", "httpx.get(text)", "TID251"),
    "URL by urllib3": ("import urllib3", 'urllib3.request("GET", text)', "TID251"),
    "path": ("from flask import send_file", "send_file(text)", "TID251"),
    "path in a folder": ("from flask import send_from_directory", 'send_from_directory("x", text)', "TID251"),
}


@pytest.mark.parametrize("name", BANNED)
def test_a_line_that_is_banned_is_found(name):
    imported, call, rule = BANNED[name]
    source = (
        f'"""D."""\n\nfrom __future__ import annotations\n\n{imported}\n\n\ndef f(text: str) -> None:\n    {call}\n'
    )
    # `--stdin-filename`: the rules that hold for the API's own modules
    where = "packages/ml_api/ml_api/services/planted.py"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    result = subprocess.run(
        [*command, "--stdin-filename", where, "-"], cwd=ROOT, input=source, capture_output=True, text=True, check=False
    )
    assert f" {rule} " in result.stdout, result.stdout + result.stderr
