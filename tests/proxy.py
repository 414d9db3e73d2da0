"""The proxy of docs/deployment.md, run from the text that stands there: nginx where it is installed, else its stand-in.

The stand-in does what the configuration says with the headers, and nothing else.
"""

import http.client
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[1] / "docs" / "deployment.md"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


def configuration() -> str:
    """The example of nginx as it stands in the documentation."""
    found = re.search(r"```nginx\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    return found[1]


def environment() -> dict[str, str]:
    """The settings that the documentation gives with it."""
    after = DOCUMENT.read_text().partition("```nginx")[2]
    found = re.search(r"```sh\n(.*?)```", after, re.DOTALL)
    assert found
    return dict(line.split("=", 1) for line in found[1].splitlines())


@contextmanager
def proxy_before(upstream: int, folder: Path) -> Iterator[int]:
    """The port of the documented proxy before the server at port `upstream`."""
    nginx = shutil.which("nginx")
    with _nginx(nginx, upstream, folder) if nginx else _stand_in(upstream) as port:
        yield port


class _Forward(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: int
    rules: list[tuple[str, str]]

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _pass_on(self) -> None:
        peer = self.client_address[0]
        given = ", ".join(self.headers.get_all("X-Forwarded-For") or [])
        values = {
            "host": self.headers["Host"].partition(":")[0],
            "scheme": "https",
            "remote_addr": peer,
            "proxy_add_x_forwarded_for": f"{given}, {peer}" if given else peer,
        }
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        for name, value in self.rules:
            headers = {one: told for one, told in headers.items() if one.lower() != name.lower()}
            headers[name] = re.sub(r"\$(\w+)", lambda found: values[found[1]], value)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=30)
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {*HOP_BY_HOP, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()


@contextmanager
def _stand_in(upstream: int) -> Iterator[int]:
    rules = re.findall(r"proxy_set_header\s+(\S+)\s+(\S+);", configuration())
    handler = type("Forward", (_Forward,), {"upstream": upstream, "rules": rules})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


@contextmanager
def _nginx(program: str, upstream: int, folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = configuration().replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    block = re.sub(r"\s*ssl_certificate .*?;.*?;", "", block, count=1)
    block = block.replace("/var/log/nginx/error.log", f"{folder}/error.log")
    block = block.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}").replace("$scheme", "https")
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{block} }}\n"
    )
    with subprocess.Popen([program, "-c", str(whole), "-p", str(folder)]) as process:
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert process.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait(10)


class Visitor:
    """A browser at a loopback address of its own, behind the proxy."""

    def __init__(self, port: int, address: str) -> None:
        self.port = port
        self.address = address
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "https://office.example.nl",
            **headers,
        }
        return self._ask("POST", path, body, headers)

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(self.address, 0)
        )
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"Host": "office.example.nl", "Cookie": cookies} | headers
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        text = answer.read().decode()
        for set_cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = set_cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, answer.headers, text
