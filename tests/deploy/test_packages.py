"""What is installed, and from where."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from deployment.errors import DeploymentError
from deployment.packages import PYTHON_MINOR, build_index_environment, find_packages, read_version

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dist(tmp_path):
    for module in ("regression_model", "ml_api"):
        (tmp_path / f"{module}-{read_version(ROOT, module)}-py3-none-any.whl").write_text(module)
    return tmp_path


def test_both_packages_are_pinned_by_the_hash_of_what_was_built(dist):
    packages = find_packages(ROOT, dist)
    digest = hashlib.sha256(b"regression_model").hexdigest()
    version = read_version(ROOT, "regression_model")
    assert packages.pin_model() == f"regression-model=={version} --hash=sha256:{digest}"
    assert packages.pin_api().endswith(hashlib.sha256(b"ml_api").hexdigest())
    assert packages.lock.name == f"ml-api-py{PYTHON_MINOR.replace('.', '')}.txt"


def test_other_bytes_are_another_deployment(dist):
    before = find_packages(ROOT, dist).compute_digest()
    assert find_packages(ROOT, dist).compute_digest() == before
    next(dist.glob("ml_api*")).write_text("other")
    assert find_packages(ROOT, dist).compute_digest() != before


def test_a_wheel_that_is_not_there_is_named(dist):
    wheel = next(dist.glob("regression_model*"))
    wheel.rename(dist / "regression_model-0.0.1-py3-none-any.whl")
    with pytest.raises(DeploymentError, match=f"expected {wheel.name} in .*, found .*0.0.1"):
        find_packages(ROOT, dist)


def test_the_one_index_is_the_only_one_and_the_token_is_in_no_other_variable():
    environ = {
        "PATH": "/bin",
        "PACKAGE_INDEX_URL": "https://index.example/simple/",
        "PACKAGE_INDEX_TOKEN": "s3:cret/",
        "PIP_EXTRA_INDEX_URL": "https://public.example/simple/",
        "UV_INDEX": "https://public.example/simple/",
        "PIP_FIND_LINKS": "/elsewhere",
        "PIP_CERT": "/etc/ca.crt",
        "SMOKE_TEST_KEY": "of another service, s3",
    }
    found = build_index_environment(environ)
    url = "https://__token__:s3%3Acret%2F@index.example/simple/"
    assert {name for name, value in found.items() if "s3" in value} == {"UV_DEFAULT_INDEX", "PIP_INDEX_URL"}
    assert found["UV_DEFAULT_INDEX"] == found["PIP_INDEX_URL"] == url
    assert found["PIP_CONFIG_FILE"] == "/dev/null"
    assert found["UV_NO_CONFIG"] == "1"
    assert found["PIP_CERT"] == "/etc/ca.crt"
    assert not [name for name, value in found.items() if "public" in value or "elsewhere" in value]


def test_a_url_with_the_password_in_it_is_refused_and_not_repeated():
    with pytest.raises(DeploymentError, match="set PACKAGE_INDEX_USERNAME") as raised:
        build_index_environment({"PACKAGE_INDEX_URL": "https://me:s3cret@index.example/simple/"})
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("url", ["", "/srv/index", "file:///srv/index"])
def test_without_the_url_of_an_index_nothing_is_installed(url):
    with pytest.raises(DeploymentError, match="PACKAGE_INDEX_URL has to be the URL"):
        build_index_environment({"PACKAGE_INDEX_URL": url})
