"""How many statements a page asks of the database."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def statements(client: Client, address: str) -> int:
    """Of a page that was opened before: what is asked once for each process does not count."""
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(caught)
