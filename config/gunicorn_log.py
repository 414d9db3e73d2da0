"""gunicorn's logs: who asked for what from where, without queries and private links."""

import logging
from typing import Any

from gunicorn.glogging import Logger


class MaskedLogger(Logger):
    """Static files and signs of life are left out: they say nothing of anybody."""

    SILENT = ("/static/", "/health/")

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        # Imported by gunicorn before Django is set up.
        from apps.core.client_address import address_of
        from apps.core.masking import masked

        path = environ.get("PATH_INFO", "")
        if not self.access_log_enabled or path.startswith(self.SILENT):
            return
        status = str(resp.status).split(maxsplit=1)[0]
        milliseconds = request_time.seconds * 1000 + request_time.microseconds // 1000
        self.access_log.info(
            "%s access user=%s address=%s %s %s %s %sB %sms",
            self.now(), environ.get("watertight.user", "-"), address_of(environ), environ.get("REQUEST_METHOD", "-"),
            masked(path), status, getattr(resp, "sent", 0), milliseconds,
        )  # fmt: skip

    def _set_handler(self, log: logging.Logger, output: Any, fmt: Any, stream: Any = None) -> None:
        from apps.core.masking import MaskingFormatter

        super()._set_handler(log, output, MaskingFormatter(fmt._fmt, fmt.datefmt), stream)
