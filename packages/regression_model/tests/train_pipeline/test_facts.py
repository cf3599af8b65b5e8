from __future__ import annotations

from regression_model.config import parse_config
from regression_model.train_pipeline import restore_config, run_training
from regression_model.verification.surroundings import compare_config


def test_the_secrets_of_a_source_are_in_no_file_of_a_model(tmp_path, table, text):
    """Given a signed link as source, then the manifest has it without its query, and is rebuilt to the same bytes."""
    url = "https://me:hush@host/t.csv?sig=hush#hush"
    config = parse_config(text.replace("  name: houses\n", f"  name: houses\n  source:\n    url: '{url}'\n"))
    data = table(tmp_path)

    first = run_training(config, data_path=data, output=tmp_path / "first").manifest
    restored = restore_config(first.content)
    again = run_training(restored, data_path=data, output=tmp_path / "again").manifest

    assert first.content["config"]["data"]["source"]["url"] == "https://…@host/t.csv?…#…"
    assert again.digest == first.digest
    assert compare_config(first.content, again.content).state == "equal"
    written = [path.read_bytes() for path in (tmp_path / "first").rglob("*") if path.is_file()]
    assert len(written) > 1
    assert not any(b"hush" in content for content in written)
