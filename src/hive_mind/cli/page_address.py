"""Where the page is, and whether there is a desktop to open it on."""

import os
import socket
import sys
import webbrowser
from collections.abc import Mapping

_NOWHERE = ("192.0.2.1", 9)  # for documentation: nothing is sent there
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on


def page_addresses(host: str, port: int, lan: str | None, *, tls: bool = False) -> list[str]:
    """Addresses of the page, this machine's own first: there browsers give it the microphone.

    Args:
        host: address that the server listens on.
        port: its port.
        lan: this machine's address on the local network, if it has one.
        tls: whether the server speaks TLS to other machines.
    """
    scheme = "https" if tls else "http"
    if host in _EVERYWHERE:
        return [f"http://localhost:{port}", *([f"{scheme}://{lan}:{port}"] if lan else [])]
    if host in ("localhost", "127.0.0.1", "::1"):
        return [f"http://localhost:{port}"]
    return [f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"]


def lan_address() -> str | None:
    """This machine's address as the local network sees it; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return address


def has_desktop(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser could open a window here."""
    if platform in ("darwin", "win32"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def open_page(address: str) -> bool:
    """Open the page in the user's browser; whether that worked."""
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
