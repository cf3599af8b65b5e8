from __future__ import annotations

import pytest

from regression_model.processing.datasets.shown_url import hide_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/t.csv", "https://host/t.csv"),
        ("http://[::1]:8080/t.csv", "http://[::1]:8080/t.csv"),
        ("https://host/@me/t@1.csv", "https://host/@me/t@1.csv"),
        ("https://host/t.csv?sig=hush", "https://host/t.csv?…"),
        ("https://host?sig=hush", "https://host?…"),
        ("https://host/t.csv#hush?hush", "https://host/t.csv#…"),
        ("https://host/t.csv?hu\nsh#hush", "https://host/t.csv?…#…"),
        ("https://me:hush@host:80/t.csv", "https://…@host:80/t.csv"),
        ("https://hush@host/t.csv", "https://…@host/t.csv"),
        ("https://me:hu@sh@host/t.csv", "https://…@host/t.csv"),
        ("//me:hush@host/t.csv", "//…@host/t.csv"),
        ("me:hush@host/t.csv", "…@host/t.csv"),
        ("https://me:hu/sh@host/t.csv", "https://…"),
        ("https://me:hu?sh@host/t.csv", "https://…"),
        ("https://me:hu#sh@host/t.csv", "https://…"),
        ("https://[::1", "https://…"),
        ("openml:7", "openml:7"),
        ("t.csv", "t.csv"),
        ("", ""),
    ],
)
def test_what_is_shown(url, shown):
    assert hide_secrets(url) == shown
    assert hide_secrets(shown) == shown
