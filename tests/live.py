"""The live server of the browser tests: one that knows when it has answered everything."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

PATIENCE = 30  # seconds


class Answering:
    """A WSGI application that counts what it is answering.

    A page that a test leaves goes on asking: for its photos, for the number at the bell. What is under way reads the
    database that is emptied after the test, and each waits for the other.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.under_way = 0
        self.changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.count(1)
        try:
            answer = self.application(environ, start_response)
        except BaseException:
            self.count(-1)
            raise
        return Answer(answer, lambda: self.count(-1))

    def count(self, by: int) -> None:
        with self.changed:
            self.under_way += by
            self.changed.notify_all()

    def wait(self, patience: float = PATIENCE) -> bool:
        """Return as soon as everything is answered: False when that takes longer than our patience (seconds)."""
        with self.changed:
            return self.changed.wait_for(lambda: self.under_way == 0, patience)


class Answer:
    """An answer that tells when the server is done with it, also when nobody reads it to its end."""

    def __init__(self, parts: Iterable[bytes], done: Callable[[], None]) -> None:
        self.parts = parts
        self.done = done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        try:
            if close := getattr(self.parts, "close", None):
                close()
        finally:
            self.done()
