"""The content of every quote that is sent, and what was accepted: made and hashed by the rules of quotes."""

import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from apps.company.models import Company
from apps.quotes import rules
from apps.quotes.actions.content import company_data

CHUNK = 5000
_ROWS = """
SELECT q.q, q.number, q.language, (q.created_at AT TIME ZONE 'Europe/Amsterdam')::date AS day, q.valid_until, q.basis, q.sold,
  q.title, q.scope, p.terms, q.status, q.answered_at, c.name, c.street || ' ' || c.house_number AS street_line,
  c.postal_code || ' ' || c.city AS city_line, CASE WHEN c.reverse_charge THEN c.vat_number ELSE '' END AS vat_number,
  s.site_street || ' ' || s.site_house_number || ', ' || s.site_postal_code || ' ' || s.site_city AS site,
  l.id, l.kind, l.description, l.quantity, l.unit, l.unit_price, l.discount::numeric AS discount, l.optional, l.vat_category,
  l.vat_rate::numeric AS vat_rate, l.chosen
FROM scale_quote q
JOIN customers_customer c ON c.id = q.customer_id
JOIN scale_site s ON s.id = q.site_id
JOIN scale_line l USING (q)
CROSS JOIN scale_p p
WHERE q.sent_at IS NOT NULL AND q.q BETWEEN %s AND %s
ORDER BY q.q, l.position, l.id
"""
_LINE = (
    "id",
    "kind",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "optional",
    "vat_category",
    "vat_rate",
)


def contents_make() -> None:
    """Fill scale_content for all sent quotes of the load."""
    company = company_data(Company.objects.select_related("logo").get())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE scale_content (q bigint PRIMARY KEY, content jsonb, content_hash text, options jsonb,"
            " shown jsonb, shown_hash text, net numeric, vat numeric, total numeric)"
        )
        cursor.execute("SELECT COALESCE(max(q), 0) FROM scale_quote")
        (last,) = cursor.fetchone()
        for first in range(1, last + 1, CHUNK):
            made = list(_contents(first, first + CHUNK - 1, company))
            with cursor.copy("COPY scale_content FROM STDIN") as copy:
                for row in made:
                    copy.write_row(row)


def _contents(first: int, last: int, company: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [first, last])
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for number, found in groupby(rows, key=itemgetter("q")):
        lines = list(found)
        content = _content(lines, company)
        content_hash = rules.fingerprint(content)
        if lines[0]["status"] != "accepted":
            yield (number, _json(content), content_hash, None, None, None, None, None, None)
            continue
        options = [line["id"] for line in lines if line["chosen"]]
        shown = rules.shown(
            content=content,
            content_hash=content_hash,
            options=options,
            name=lines[0]["name"],
            signature="",
            at=lines[0]["answered_at"].isoformat(),
        )
        sums = rules.content_totals(content, options)
        yield (
            number, _json(content), content_hash, _json(options), _json(shown), rules.fingerprint(shown), sums.net, sums.vat,
            sums.total,
        )  # fmt: skip


def _content(lines: list[dict[str, Any]], company: dict[str, str]) -> dict[str, Any]:
    row = lines[0]
    return rules.content(
        head={
            "number": row["number"],
            "version": 1,
            "language": row["language"],
            "date": row["day"].isoformat(),
            "valid_until": row["valid_until"].isoformat(),
            "billing_basis": row["basis"],
            "sold_hours": rules.exact_text(row["sold"]),
            "deposit_percentage": "0",
            "sla": None,
        },
        company=company,
        customer={
            "name": row["name"],
            "contact": "",
            "street_line": row["street_line"],
            "city_line": row["city_line"],
            "country": "",  # only a foreign one is named
            "vat_number": row["vat_number"],
            "site": row["site"],
        },
        texts={"title": row["title"], "introduction": "", "scope": row["scope"], "terms": row["terms"]},
        lines=[rules.OfferedLine(section="", **{name: line[name] for name in _LINE}) for line in lines],
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
