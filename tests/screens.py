"""Pictures of every screen, for docs/screens/: run by `script/screens` against the installation with the demo company.

Each page in 1440 and 390 px, light and dark. `--only WORD` takes the pages with WORD in their name; `--to FOLDER`
puts the pictures elsewhere.
"""

import argparse
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser

from apps.accounts.models import User
from apps.accounts.sessions import SessionStore
from apps.bookkeeping.models import Package
from apps.core.tokens import token_for
from apps.customers.models import Customer
from apps.intake.models import Request
from apps.invoicing.models import Invoice, PayLink
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.quotes.models import Quote, QuoteLink
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from tests.browser import PHONE, WIDE, chromium, go

ROOT = Path(__file__).parents[1]
WIDTHS = {"wide": WIDE, "narrow": PHONE}
BACKEND = "apps.accounts.backends.AccountBackend"


def first(rows: Any, **kwargs: Any) -> Any:
    """The newest row that fits, or the newest of all."""
    return rows.filter(**kwargs).order_by("-pk").first() or rows.order_by("-pk").first()


def pages() -> Iterator[tuple[str, str, str]]:
    """(name, who looks, address) of each picture; a page whose record is not there is left out."""
    bram, olga, ada = (
        User.objects.filter(groups__name=role).first() for role in ("office", "owner", "admin")
    )
    assignment = (
        Assignment.objects.filter(visit__status__in=["started", "paused", "travelling"]).first()
        or Assignment.objects.filter(work_order__isnull=False, active=True).order_by("-period").first()
    )
    tim = assignment.technician.user if assignment else User.objects.filter(groups__name="technician").first()
    records = {
        "requests-detail": (bram, "intake:request_detail", first(Request.objects, status="received")),
        "quotes-detail": (bram, "quotes:quote_detail", first(Quote.objects, status="accepted")),
        "quotes-draft": (bram, "quotes:quote_detail", first(Quote.objects, status="draft")),
        "work-orders-detail": (bram, "workorders:work_order_detail", first(WorkOrder.objects, status="ready_for_review")),
        "review-detail": (bram, "review:review_detail", first(WorkOrder.objects, status="ready_for_review")),
        "invoicing-detail": (bram, "invoicing:invoice_detail", first(Invoice.objects, status="sent")),
        "bookkeeper-detail": (bram, "bookkeeping:package_detail", Package.objects.first()),
        "customers-detail": (bram, "customers:customer_detail", first(Customer.objects)),
        "materials-detail": (bram, "materials:material_detail", first(Material.objects)),
        "technicians-detail": (bram, "technicians:technician_detail", first(Technician.objects)),
        "users-detail": (ada, "accounts:user_detail", ada),
        "phone-job": (tim, "phone:job", assignment),
    }  # fmt: skip
    plain = [
        ("login", None, "account_login"), ("public-request", None, "request:form"),
        ("dashboard", bram, "office:dashboard"), ("requests", bram, "intake:request_list"),
        ("requests-new", bram, "intake:request_create"), ("quotes", bram, "quotes:quote_list"),
        ("work-orders", bram, "workorders:work_order_list"), ("planning-week", bram, "planning:week"),
        ("planning-day", bram, "planning:day"), ("customers", bram, "customers:customer_list"),
        ("review", bram, "review:review_list"), ("leaks", bram, "leaks:leak_list"),
        ("pipeline", bram, "pipeline:row_list"),
        ("invoicing", bram, "invoicing:invoice_list"), ("invoicing-ready", bram, "invoicing:ready_list"),
        ("bookkeeper", bram, "bookkeeping:package_list"), ("finance", olga, "finance:overview"),
        ("materials", bram, "materials:material_list"), ("technicians", bram, "technicians:technician_list"),
        ("users", ada, "accounts:user_list"), ("settings", ada, "company:settings"),
        ("logic", bram, "office:logic"), ("end-to-end-test", olga, "acceptance:run"),
        ("components", bram, "office:components"), ("phone-today", tim, "phone:today"),
        ("phone-agenda", tim, "phone:agenda"), ("phone-materials", tim, "phone:materials"), ("phone-me", tim, "phone:me"),
    ]  # fmt: skip
    for name, who, url_name in plain:
        yield name, who.email if who else "", reverse(url_name)
    for name, (who, url_name, record) in records.items():
        if record is not None:
            yield name, who.email, reverse(url_name, args=[record.pk])
    for name, link, purpose, url_name in (
        (
            "public-quote",
            QuoteLink.objects.filter(version__quote__status="sent").last(),
            "quote",
            "quote:show",
        ),
        ("public-pay", PayLink.objects.filter(killed_at=None).last(), "pay", "pay:invoice_pay"),
    ):
        if link is not None:
            yield name, "", reverse(url_name, args=[token_for(purpose, link.nonce)])


def cookie_of(email: str) -> str:
    """A session of that user, as a login would make it."""
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key or ""


@contextmanager
def served() -> Iterator[str]:
    """The production server over this installation."""
    command = [sys.executable, "-m", "config.server"]
    environment = os.environ | {"WATERTIGHT_DEMO": "0"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout or ():
            if found := re.search(r"http://\S+", line):
                yield found[0]
                break
    finally:
        server.terminate()
        server.wait(30)


def take(browser: Browser, address: str, folder: Path, only: str) -> None:
    for theme in ("light", "dark"):
        for width_name, viewport in WIDTHS.items():
            contexts: dict[str, Any] = {}
            for name, email, path in pages():
                if only not in name:
                    continue
                if email not in contexts:
                    contexts[email] = browser.new_context(
                        viewport=viewport, color_scheme=theme, locale="nl-NL"  # type: ignore[arg-type]
                    )  # fmt: skip
                    if email:
                        contexts[email].add_cookies(
                            [
                                {
                                    "name": settings.SESSION_COOKIE_NAME,
                                    "value": cookie_of(email),
                                    "url": address,
                                }
                            ]
                        )
                page = contexts[email].new_page()
                answer = go(page, address + path, wait_until="networkidle")
                shot = Image.open(
                    io.BytesIO(
                        page.screenshot(full_page=width_name == "narrow" and not name.startswith("phone"))
                    )
                )
                shot = shot.crop((0, 0, shot.width, min(shot.height, 2600)))
                target = folder / f"{name}-{width_name}-{theme}.webp"
                shot.save(target, "WEBP", quality=62, method=5)
                status = answer.status if answer else 0
                over = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                print(f"{status} {'OVER' if over else '    '} {target.name}", flush=True)
                page.close()
            for context in contexts.values():
                context.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    with served() as address, chromium() as browser:
        take(browser, address, given.to, given.only)


if __name__ == "__main__":
    main()
