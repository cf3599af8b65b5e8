"""The `curl` commands of the README, run as they stand there against a real server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ml_api.schemas import write_csv_rows

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = [block for block in re.findall(r"(?ms)^```bash\n(.*?)^```$", README) if "curl " in block]
URL = "http://127.0.0.1:8000"

# The commands find another port and another model than they name, and say it if they fail.
PRELUDE = """
set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }
regression-model() { cat example.json; }
"""


def test_there_is_a_command_for_each_kind_of_body():
    assert {"application/json", "text/csv", "application/x-ndjson"} <= set(
        re.findall(r"Content-Type: ([\w/-]+)", "".join(BLOCKS))
    )


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_command_works_as_it_stands_in_the_readme(server, row, tmp_path, block):
    assert URL in block
    for name in ("example.json", "house.json", "houses.ndjson"):
        (tmp_path / name).write_text(json.dumps(row) + "\n")
    (tmp_path / "houses.csv").write_text(write_csv_rows([row]))
    script = PRELUDE + block.replace(URL, f"http://127.0.0.1:{server.port}")
    result = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "ML_API_KEY": "none-is-needed-here"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    if "/v1/predict" in block:
        assert re.search(r'"predictions":\s*\[\s*\d|"predicted":1|row,prediction', result.stdout)
