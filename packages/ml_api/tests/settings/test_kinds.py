from __future__ import annotations

import pytest

from ml_api.settings.kinds import FeatureName, HostName, ListOf, Origin


@pytest.mark.parametrize(
    "text",
    ["https://shop.example.com", "http://localhost:3000", "http://127.0.0.1:8000", "https://xn--bcher-kva.example"],
)
def test_an_origin_is_what_a_browser_sends(text):
    assert Origin().parse(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "shop.example.com",
        "https://*.example.com",
        "https://shop.example.com/",
        "https://shop.example.com/path",
        "https://Shop.example.com",
        "https://user@shop.example.com",
        "ftp://shop.example.com",
        "https://shop.example.com:0",
        "https://shop.example.com\r\nX: y",
    ],
)
def test_anything_else_is_no_origin(text):
    with pytest.raises(ValueError, match="never `\\*`"):
        Origin().parse(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("API.example.com", "api.example.com"), (".example.com", ".example.com"), ("10.0.0.1", "10.0.0.1")],
)
def test_a_host_name_is_kept_in_lower_case(text, name):
    assert HostName().parse(text) == name


@pytest.mark.parametrize(
    "text", ["*", "*.example.com", "a..b", "a.example.com:80", "a b", "bücher.example", "a/b", "x" * 300]
)
def test_anything_else_is_no_host_name(text):
    with pytest.raises(ValueError, match="a host name or an IPv4 address"):
        HostName().parse(text)


def test_a_list_keeps_its_order_and_drops_what_comes_twice():
    assert ListOf(HostName()).parse("b.example , a.example,B.example") == ("b.example", "a.example")


@pytest.mark.parametrize("text", [",", "a.example,", "a.example,,b.example", "a.example;b.example"])
def test_a_list_with_a_hole_or_another_separator_is_refused(text):
    with pytest.raises(ValueError, match="separated by commas"):
        ListOf(HostName()).parse(text)


def test_names_of_features_may_hold_blanks_and_are_never_empty():
    names = ListOf(FeatureName())
    assert names.parse("Lot Area , 1stFlrSF,Größe") == ("Lot Area", "1stFlrSF", "Größe")
    for text in (",", "a,,b", "a,"):
        with pytest.raises(ValueError, match="a feature's name; several are separated by commas"):
            names.parse(text)
