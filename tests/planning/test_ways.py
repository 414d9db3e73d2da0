"""How far it is: by a road server that is a stand-in here, and by our own estimate when it does not help."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.planning import ways
from apps.planning.ways import ways_between

PLACES = [(51.59, 4.78), (51.92, 4.48), (52.09, 5.12)]


class Roads(BaseHTTPRequestHandler):
    """Answers as OSRM does: ten minutes and a kilometre for each step in the order of the places, in no time for none."""

    asked: list[str]
    mood = "well"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        type(self).asked.append(self.path)
        if self.mood == "slow":
            sleep(0.6)
        query = {name: value[0] for name, value in parse_qs(address.query).items()}
        where = address.path.rpartition("/")[2].split(";")
        one, other = ([where[int(n)] for n in query[name].split(";")] for name in ("sources", "destinations"))
        known = [f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in PLACES]

        def table(each: float) -> list[list[float | None]]:
            rows = [[each * abs(known.index(b) - known.index(a)) for b in other] for a in one]
            return [[None if value == 2 * each else value for value in row] for row in rows]

        body: Any = {"code": "Ok", "durations": table(600.4), "distances": table(1000.2)}
        if self.mood == "odd":
            body = {"code": "TooBig", "message": "Too many table coordinates"}
        self.send_response(400 if self.mood == "odd" else 200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def roads(settings: Any) -> Iterator[type[Roads]]:
    handler = type("Stand", (Roads,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OSRM_SERVER = f"http://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    server.server_close()


def test_the_server_says_how_far_it_is(roads: type[Roads]) -> None:
    found = ways_between(PLACES)
    assert found.by_road
    assert (found.ways.seconds[0][1], found.ways.metres[0][1]) == (600, 1000)
    assert (found.ways.seconds[1][1], found.ways.minutes(0, 1)) == (0, 10)
    # no road from the first to the last: estimated
    assert found.ways.seconds[0][2] == ways._estimated(PLACES)[0][0][2]


def test_many_places_are_asked_in_parts(roads: type[Roads], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "AT_ONCE", 2)
    found = ways_between(PLACES)
    assert len(roads.asked) == 4
    assert [row[1] for row in found.ways.seconds] == [600, 0, 600]


@pytest.mark.parametrize("mood", ["slow", "odd", "gone"])
def test_a_server_that_does_not_help_leaves_the_estimate(
    roads: type[Roads], settings: Any, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(ways, "PATIENCE", 0.3)
    roads.mood = mood
    if mood == "gone":
        settings.OSRM_SERVER = "http://127.0.0.1:9"
    found = ways_between(PLACES)
    assert (found.by_road, found.failed) == (False, True)
    assert (list(found.ways.seconds), list(found.ways.metres)) == ways._estimated(PLACES)


def test_without_a_server_nobody_is_asked(settings: Any) -> None:
    settings.OSRM_SERVER = ""
    found = ways_between(PLACES)
    assert (found.by_road, found.failed) == (False, False)
    assert 55 < found.ways.minutes(0, 1) < 75
