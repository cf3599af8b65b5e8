from __future__ import annotations

import stat
import threading

import pytest

from ml_api.services.file_lock import hold_lock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def _find_out(path, **options) -> bool:
    """Say whether the lock can be had at once."""
    try:
        with hold_lock(path, patience_s=0, **options):
            return True
    except TimeoutError:
        return False


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
def test_only_those_who_share_hold_it_together(path, held, wanted):
    with hold_lock(path, shared=held):
        assert _find_out(path, shared=wanted) is (held and wanted)
    assert _find_out(path, shared=wanted)


def test_who_waits_gets_it_as_soon_as_it_is_free(path):
    order = []

    def wait() -> None:
        with hold_lock(path):
            order.append("second")

    with hold_lock(path):
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


def test_who_waits_too_long_is_told(path):
    with hold_lock(path), pytest.raises(TimeoutError, match="lock is locked by another process"):
        hold_lock(path, patience_s=0.02).__enter__()


def test_what_goes_wrong_inside_lets_go_of_it(path):
    with pytest.raises(ZeroDivisionError), hold_lock(path):
        raise ZeroDivisionError
    assert _find_out(path)


def test_the_file_is_for_its_owner_and_no_link(path, tmp_path):
    with hold_lock(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), hold_lock(path):
        pytest.fail("a link was followed")
    assert not (tmp_path / "elsewhere").exists()
