"""The socket that the server listens on."""

import socket

from hive_mind.server.run import bind


def test_connections_send_small_messages_at_once() -> None:
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()) as client:
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
            assert client.getpeername() == listener.getsockname()
