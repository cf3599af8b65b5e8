from __future__ import annotations

import stat

import pytest

from regression_model.config import shipped_configs
from regression_model.errors import SearchError
from regression_model.search.promotion import promote_text, write_promotion

TEXT = shipped_configs()["california_housing"].read_text()
RIDGE = {"model": {"family": "ridge"}}


def test_replaces_the_file_and_keeps_its_permissions_and_links(tmp_path):
    file, link = tmp_path / "config.yml", tmp_path / "link.yml"
    file.write_text(TEXT)
    file.chmod(0o640)
    link.symlink_to(file)

    write_promotion(link, promote_text(TEXT, RIDGE))

    assert "family: ridge" in file.read_text()
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yml", "link.yml"]


def test_a_file_that_was_edited_meanwhile_is_left_alone(tmp_path):
    file = tmp_path / "config.yml"
    file.write_text(TEXT + "# edited\n")

    with pytest.raises(SearchError, match="has changed while"):
        write_promotion(file, promote_text(TEXT, RIDGE))
    assert file.read_text() == TEXT + "# edited\n"
