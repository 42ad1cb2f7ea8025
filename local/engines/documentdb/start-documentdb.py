"""Starts SecantusDB as its script `secantusd-py` does, with two of its faults mended. SIGUSR1 writes the stack of each thread to the log.

- A collection is created before the transaction that first writes to it. The server creates it inside, and then waits for its one
  lock. If another connection creates the same collection meanwhile, by an index, that one holds the lock and repeats its write
  within WiredTiger until the transaction ends. Neither ever ends, and nobody can log in any more.
- Each connection makes its TLS handshake in its own thread. The server makes the handshake in the thread that accepts, so that a
  client that connects and says nothing stops all others. The MongoDB Java driver leaves such a connection behind now and then,
  when it is closed.
"""
import faulthandler
import functools
import signal
import ssl
import sys

from secantus.cli import main
from secantus.storage import Storage


class Created:
    """The collections that exist. A removal puts a new set in place: what a write adds meanwhile goes into the old one."""

    collections = set()


def with_collection(write):
    @functools.wraps(write)
    def write_to_collection(storage, database, collection, *values, **options):
        known = Created.collections
        if (database, collection) not in known:
            storage.create_collection(database, collection)  # does nothing to one that exists
            known.add((database, collection))
        return write(storage, database, collection, *values, **options)

    return write_to_collection


def forgetting(remove):
    @functools.wraps(remove)
    def remove_and_forget(*values, **options):
        try:
            return remove(*values, **options)
        finally:
            Created.collections = set()

    return remove_and_forget


for method in (Storage.insert, Storage.update_matching, Storage.delete_matching):
    setattr(Storage, method.__name__, with_collection(method))
for method in (Storage.drop_collection, Storage.drop_database, Storage.rename_collection):
    setattr(Storage, method.__name__, forgetting(method))

ssl.SSLContext.wrap_socket = functools.partialmethod(ssl.SSLContext.wrap_socket, do_handshake_on_connect=False)
faulthandler.register(signal.SIGUSR1)

sys.exit(main())
