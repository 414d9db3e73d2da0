"""gunicorn's threads, with the connections spread evenly over its processes.

A connection stays with the process that took it for as long as the browser keeps it open, and whichever process wakes
first takes it: eight browsers were seen on one of two processes, and the other had nothing to do. So a process that holds
more connections than another leaves a new one to that one.
"""

import mmap
import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# How many connections each process holds, in memory that all share: by the number that gunicorn gives a process.
PLACES = 256
NOBODY = -1
_held = memoryview(mmap.mmap(-1, PLACES * 4)).cast("i")
for _place in range(PLACES):
    _held[_place] = NOBODY


class EvenWorker(ThreadWorker):
    """Takes a connection when no other process holds fewer, or when those that do leave it waiting."""

    PAUSE = 0.0005  # for the others, who were woken as well
    PATIENCE = 0.2  # one that does nothing at all must keep nobody waiting

    left_since = left_last = 0.0

    def notify(self) -> None:
        super().notify()
        self._tell()

    def accept(self, listener: socket.socket) -> None:
        if self._leaves_it():
            time.sleep(self.PAUSE)
            return
        super().accept(listener)
        self._tell()

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        self._tell()

    def _tell(self) -> None:
        _held[self.age % PLACES] = self.nr_conns if self._accepting else NOBODY

    def _leaves_it(self) -> bool:
        if self.nr_conns <= min(one for one in (*_held, self.nr_conns) if one != NOBODY):
            return False
        now = time.monotonic()
        if now - self.left_last > self.PATIENCE:  # another connection than the last that was left
            self.left_since = now
        self.left_last = now
        return now - self.left_since < self.PATIENCE


def forget(worker: Any) -> None:
    """A process that ended holds nothing."""
    _held[worker.age % PLACES] = NOBODY
