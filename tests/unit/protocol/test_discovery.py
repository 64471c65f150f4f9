"""What a server announces, and what a client makes of anything announced."""

from hypothesis import given
from hypothesis import strategies as st

from hive_mind.protocol.discovery import SERVICE_TYPE, FoundServer, found, properties


def _record(name: str, *, tls: bool = False) -> dict[bytes, bytes | None]:
    return {key.encode(): value.encode() for key, value in properties(name, tls=tls).items()}


def test_what_is_announced_is_found() -> None:
    server = found(["192.168.1.20"], 8000, _record("Alison"), f"x.{SERVICE_TYPE}")
    assert server == FoundServer("Alison", ("192.168.1.20",), 8000)
    assert server.url == "ws://192.168.1.20:8000/ws"


def test_tls_and_ipv6_have_their_address() -> None:
    server = found(["fe80::1"], 443, _record("Alison", tls=True), "x")
    assert server is not None
    assert server.url == "wss://[fe80::1]:443/ws"


def test_an_address_that_routers_give_comes_before_the_others() -> None:
    server = found(["fd00::2", "169.254.3.3", "192.168.1.20"], 8000, {}, f"Robot.{SERVICE_TYPE}")
    assert server is not None
    assert server.addresses == ("192.168.1.20", "169.254.3.3", "fd00::2")
    assert server.name == "Robot"


def test_nonsense_is_no_server() -> None:
    assert found([], 8000, {}, "x") is None
    assert found(["10.0.0.1"], 0, {}, "x") is None
    assert found(["10.0.0.1"], 8000, {b"path": b"no path"}, "x") is None


@given(
    st.lists(st.ip_addresses().map(str), max_size=3),
    st.integers(-5, 70_000),
    st.dictionaries(st.binary(max_size=9), st.none() | st.binary(max_size=300), max_size=5),
    st.text(max_size=30),
)
def test_anything_may_be_announced(
    addresses: list[str], port: int, txt: dict[bytes, bytes | None], name: str
) -> None:
    server = found(addresses, port, txt, name)
    assert server is None or server.url.startswith(("ws://", "wss://"))
