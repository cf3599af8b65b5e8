"""Which release may follow which."""

from __future__ import annotations

import itertools

import pytest
from deployment.errors import DeploymentError
from deployment.versions import check_not_older

IN_ORDER = ["0.9.10", "1.0.0.dev1", "1.0.0a1", "1.0.0b2", "1.0.0rc1.dev3", "1.0.0rc1", "1.0.0rc2", "1.0.0"]
IN_ORDER += ["1.0.0.post1", "1.0.1", "1.10"]


@pytest.mark.parametrize(("older", "newer"), list(itertools.combinations(IN_ORDER, 2)))
def test_a_final_release_follows_its_candidates_and_not_the_other_way_round(older, newer):
    check_not_older(newer, older)
    with pytest.raises(DeploymentError, match=f"not below {newer}, which is current, found {older}"):
        check_not_older(older, newer)


def test_the_same_version_is_not_older_and_the_first_one_follows_none():
    check_not_older("1.0", "1.0.0")
    check_not_older("1.0.0", "1.0")
    check_not_older("1.0.0", None)


def test_what_is_no_version_is_refused():
    with pytest.raises(DeploymentError, match="expected a version such as 1.2.3 or 1.2.3rc1, found 'new'"):
        check_not_older("new", "1.0.0")
