"""A disk that refuses what one process asks of it, by orders that the test gives while the process runs."""

import mmap
import os
import struct

# struct orders of failing_disk.c
ORDERS = "=IIIIIIII"
COUNTS = "=QQQQQQQ"
SIZE = struct.calcsize(ORDERS) + struct.calcsize(COUNTS)
KINDS = ("write", "sync", "open", "rename", "read")


class FailingDisk:
    """Use as a context manager. `folder`: where the refused files lie; `shim`: failing_disk.so."""

    def __init__(self, shim, folder, orders_path):
        self._path = orders_path
        with open(orders_path, "wb") as made:
            made.write(bytes(SIZE))
        self._file = open(orders_path, "r+b")
        self._orders = mmap.mmap(self._file.fileno(), SIZE)
        self.environment = {
            "LD_PRELOAD": os.path.abspath(shim),
            "HERALD_DISK_FOLDER": os.path.realpath(folder) + "/",
            "HERALD_DISK_ORDERS": orders_path,
            # A preloaded library stands before the sanitizer's; its calls go on to it.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._orders.close()
        self._file.close()

    def refuse(self, write=0, part=False, sync=0, open_=0):
        """Errors (errno.*) for what is asked from now on; 0: it works."""
        struct.pack_into(ORDERS, self._orders, 0, write, int(part), sync, open_, 0, 0, 0, 0)

    def refuse_one(self, kind, number, error):
        """One call alone: the so manieth of its kind, from 1, since the orders were made."""
        struct.pack_into(ORDERS, self._orders, 0, 0, 0, 0, 0, KINDS.index(kind), number, error, 0)

    def hold_syncs(self):
        """They do not come back until other orders are given."""
        struct.pack_into(ORDERS, self._orders, 0, 0, 0, 0, 0, 0, 0, 0, 1)

    def heal(self):
        self.refuse()

    def _counts(self):
        return struct.unpack_from(COUNTS, self._orders, struct.calcsize(ORDERS))

    def refused(self):
        return self._counts()[0]

    def repeated_syncs(self):
        return self._counts()[1]

    def calls(self):
        """How many of each kind were asked for."""
        return dict(zip(KINDS, self._counts()[2:]))
