"""The line between a phone and the server: it can be cut, and lose an answer on its way back."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Line(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.to = urlsplit(server)
        self.is_cut = False
        self.to_lose = 0  # answers to a form that was sent

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no fault of the test."""


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Line

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _pass_on(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.is_cut:
            return
        to = http.client.HTTPConnection(self.server.to.hostname or "", self.server.to.port, timeout=30)
        to.request(self.command, self.path, body or None, dict(self.headers.items()))
        answer = to.getresponse()
        content = answer.read()
        to.close()
        if self.command == "POST" and self.server.to_lose:
            self.server.to_lose -= 1
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    line = Line(server)
    thread = threading.Thread(target=line.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.shutdown()
        line.server_close()
        thread.join()
