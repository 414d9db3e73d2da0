"""The server of the browser tests knows when it has answered everything."""

import threading
from wsgiref.util import setup_testing_defaults

import pytest

from tests.live import Answering


def environ() -> dict:
    asked: dict = {}
    setup_testing_defaults(asked)
    return asked


def test_what_is_read_to_its_end_but_not_closed_is_under_way() -> None:
    server = Answering(lambda environ, start_response: [b"page"])
    answer = server(environ(), lambda *_: None)
    assert list(answer) == [b"page"]
    assert not server.wait(0)
    answer.close()
    assert server.wait(0)


def test_whoever_waits_goes_on_with_the_last_answer() -> None:
    server = Answering(lambda environ, start_response: [b"page"])
    answers = [server(environ(), lambda *_: None) for _ in range(2)]
    threading.Timer(0.05, lambda: [answer.close() for answer in answers]).start()
    assert server.wait(10)


def test_an_application_that_fails_is_done() -> None:
    def fails(environ: dict, start_response: object) -> list[bytes]:
        raise ValueError

    server = Answering(fails)
    with pytest.raises(ValueError):
        server(environ(), lambda *_: None)
    assert server.wait(0)


def test_the_answer_of_the_application_is_closed_first() -> None:
    order = []

    class Parts(list):
        def close(self) -> None:
            order.append(server.wait(0))

    server = Answering(lambda environ, start_response: Parts())
    server(environ(), lambda *_: None).close()
    assert order == [False]
    assert server.wait(0)
