"""The model that is published: made and signed by the code of the clone."""

from __future__ import annotations

import os
from pathlib import Path

from publishing.processes import DEVELOPMENT, PublishError, run
from publishing.source import Source

PASSPHRASE = "PACKAGE_SIGNING_PASSPHRASE"  # noqa: S105 - the name of the variable that holds it

# The command line of the clone's code, with the libraries of .venvs/dev.
COMMAND = "import sys; sys.path.insert(0, sys.argv.pop(1)); from regression_model.cli import main; main()"

# Whether a key can be used, and its public key is of the same pair.
CHECK_KEY = """
import os, sys; sys.path.insert(0, sys.argv.pop(1))
from pathlib import Path
from regression_model.artifact.signing_keys import find_key_id, read_private_key, read_trusted_keys
from regression_model.errors import RegressionModelError
private, public, variable = sys.argv[1:]
try:
    key_id = find_key_id(read_private_key(Path(private), passphrase=os.environ.get(variable)).public_key())
    trusted = read_trusted_keys(Path(public))
except RegressionModelError as error:
    sys.exit(f"error: {error}")
sys.exit(None if key_id in trusted else f"error: {public} is the public key of another one than {private}")
"""


def run_model(source: Source, words: list[str], failure: str, program: str = COMMAND, **variables: str) -> None:
    """Run `regression-model`, or another program, with the code of the clone."""
    package = str(source.model_package.parent)
    run([str(DEVELOPMENT / "bin" / "python"), "-I", "-c", program, package, *words], failure, **variables)


def sign(source: Source, folder: Path, key: Path) -> None:
    """Sign the model; the passphrase of the key, where there is one, goes by the environment."""
    variables = read_passphrase()
    words = ["sign", str(folder), "--key", str(key), *(["--passphrase-env", PASSPHRASE] if variables else [])]
    run_model(source, words, "the model could not be signed; nothing was uploaded", **variables)


def read_passphrase() -> dict[str, str]:
    """Return the variable with the passphrase, if there is one, for the commands that use the key."""
    passphrase = os.environ.get(PASSPHRASE)
    return {PASSPHRASE: passphrase} if passphrase else {}


def check_key(source: Source, key: Path) -> None:
    """Refuse a key that can't be used before a model is trained for nothing."""
    words = [str(key), str(find_public_key(key)), PASSPHRASE]
    failure = f"the key can't be used (an encrypted one needs {PASSPHRASE}); nothing was uploaded"
    run_model(source, words, failure, CHECK_KEY, **read_passphrase())


def find_public_key(key: Path) -> Path:
    """Return the public key that lies beside a private one."""
    public = key.with_name(f"{key.name}.pub")
    for path in (key, public):
        if not path.is_file():
            raise PublishError(f"--sign-key needs {path}; 'regression-model signing-key create' makes both keys")
    return public
