"""Where `up` says that the page is."""

import pytest

from hive_mind.cli.page_address import has_desktop, page_addresses


@pytest.mark.parametrize(
    ("host", "lan", "expected"),
    [
        ("127.0.0.1", "192.168.1.20", ["http://localhost:8000"]),
        ("::1", None, ["http://localhost:8000"]),
        ("0.0.0.0", "192.168.1.20", ["http://localhost:8000", "http://192.168.1.20:8000"]),
        ("0.0.0.0", None, ["http://localhost:8000"]),
        ("192.168.1.20", "192.168.1.20", ["http://192.168.1.20:8000"]),
        ("fd00::7", None, ["http://[fd00::7]:8000"]),
    ],
)
def test_the_address_is_one_that_works(host: str, lan: str | None, expected: list[str]) -> None:
    assert page_addresses(host, 8000, lan) == expected


def test_other_machines_come_by_tls_where_the_server_speaks_it() -> None:
    found = page_addresses("0.0.0.0", 8000, "192.168.1.20", tls=True)
    assert found == ["http://localhost:8000", "https://192.168.1.20:8000"]


def test_a_desktop_is_told_from_a_server_in_a_cupboard() -> None:
    assert not has_desktop({}, "linux")
    assert has_desktop({"DISPLAY": ":0"}, "linux")
    assert has_desktop({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert has_desktop({}, "darwin")
