"""Starts SecantusDB as its script `secantusd-py` does, with a time limit for TLS handshakes.

The server accepts the next connection after the handshake of the one before, and waits for a handshake without a limit. A client
that connects and says nothing would stop it: the MongoDB Java driver leaves such a connection behind now and then, when it is closed.
"""
import ssl
import sys

HANDSHAKE_TIMEOUT_S = 2

wrap_socket = ssl.SSLContext.wrap_socket


def wrap_socket_in_time(context, socket, **options):
    socket.settimeout(HANDSHAKE_TIMEOUT_S)
    return wrap_socket(context, socket, **options)


ssl.SSLContext.wrap_socket = wrap_socket_in_time

from secantus.cli import main  # noqa: E402

sys.exit(main())
