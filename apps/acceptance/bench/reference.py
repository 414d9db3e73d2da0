"""Two pages to compare with, served as the product is: a raw list of 25 rows, and what plain Django makes of it with a count."""

import os
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.template import Context, Engine

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from apps.core.database import OFFICE, as_role
from apps.workorders.models import WorkOrder

RAW, ORM = "/raw", "/orm"
ROWS = 25
_SQL = """
    SELECT w.number, c.name, w.title, w.status, w.created_at::text
      FROM workorders_workorder w JOIN customers_customer c ON c.id = w.customer_id
     ORDER BY w.created_at DESC, w.id DESC LIMIT %s
"""
_TEMPLATE = """<!doctype html><title>Work orders</title><p>{{ count }}</p><table>{% for one in rows %}
<tr><td>{{ one.number }}</td><td>{{ one.customer.name }}</td><td>{{ one.title }}</td><td>{{ one.status }}</td>
<td>{{ one.created_at }}</td></tr>{% endfor %}</table>"""
_page = Engine().from_string(_TEMPLATE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with as_role(OFFICE):
        content = _raw() if environ["PATH_INFO"] == RAW else _orm()
    start_response(
        "200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content)))]
    )
    return [content]


def _raw() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [ROWS])
        rows = cursor.fetchall()
    cells = ("".join(f"<td>{escape(value)}</td>" for value in row) for row in rows)
    lines = "".join(f"<tr>{one}</tr>" for one in cells)
    return f"<!doctype html><title>Work orders</title><table>{lines}</table>".encode()


def _orm() -> bytes:
    orders = WorkOrder.objects.select_related("customer").order_by("-created_at", "-pk")
    return _page.render(Context({"rows": orders[:ROWS], "count": WorkOrder.objects.count()})).encode()
