"""The line between a phone and the server: it can be cut, and lose an answer on its way back."""

import hashlib
import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


def photos_in(body: bytes, content_type: str) -> list[str]:
    """The hash of each picture in a form."""
    said = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    pictures = [one for one in said.walk() if one.get_content_maintype() == "image"]
    return [hashlib.sha256(one.get_payload(decode=True)).hexdigest() for one in pictures]


class Line(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.to = urlsplit(server)
        self.is_cut = False
        self.to_lose = 0  # answers to a form that was sent
        self.photos: list[str] = []  # the hash of each photo that came through
        self.received = 0  # bytes of forms
        self.fails = ""  # a fault of the server at addresses that begin like this
        self.slow = 0.0  # seconds that a form is on its way
        self.speed = 0.0  # bytes a second of what a phone sends; 0: as fast as it goes
        # Little is on its way at a time, so that the phone knows how far it is.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        self.version = ""  # said in the phone's worker: another one is an update of the app
        self.refuses = ""  # forms to addresses that begin like this do not come through

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

    def _read(self, size: int) -> bytes:
        """What is sent, at the speed of the line."""
        parts = []
        while size > 0 and (part := self.rfile.read(min(size, 8192))):
            if self.server.speed:
                time.sleep(len(part) / self.server.speed)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _pass_on(self) -> None:
        self.close_connection = True
        body = self._read(int(self.headers.get("Content-Length") or 0))
        refused = self.server.refuses and self.path.startswith(self.server.refuses)
        if self.server.is_cut or (refused and self.command == "POST"):
            return
        if self.server.fails and self.path.startswith(self.server.fails):
            self.send_response(500)
            self.send_header("Content-Type", "application/json")
            said = re.search(rb'name="outbox_id"\r\n\r\n(\S+)', body)
            content = b'{"state": "trouble", "id": "%s"}' % (said.group(1) if said else b"")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return
        if self.command == "POST":
            time.sleep(self.server.slow)
            self.server.received += len(body)
            self.server.photos += photos_in(body, self.headers.get("Content-Type", ""))
        to = http.client.HTTPConnection(self.server.to.hostname or "", self.server.to.port, timeout=30)
        to.request(self.command, self.path, body or None, dict(self.headers.items()))
        answer = to.getresponse()
        content = answer.read()
        to.close()
        if self.path.endswith("/worker.js"):
            content += f"// {self.server.version}".encode()
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
