"""The canary crawl: no amount reaches a technician, on any page, fragment, PDF, export or JSON."""

import io
import re
from decimal import Decimal
from typing import Any

import pypdf
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.test import Client, TestCase

from apps.accounts.models import User
from apps.core.database import TECHNICIAN
from apps.core.fields import MoneyField
from tests.access.test_access import address
from tests.world import World, routes, technicians_group, world_make

# Amounts below this are as likely a quantity or a clock as a price.
SMALLEST = Decimal(30)
# Where amounts stand for whoever may see them.
RICH = ("invoicing:", "quotes:", "review:")


def canaries() -> set[str]:
    """Every amount that is stored anywhere, as it may be written: 1433.60, 1433,60, 1.433,60, 1,433.60."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = [one.name for one in model._meta.local_fields if isinstance(one, MoneyField)]
        for row in model.objects.values_list(*fields) if fields else []:
            for amount in row:
                if amount is not None and abs(amount) >= SMALLEST:
                    plain = f"{abs(amount):.2f}"
                    grouped = f"{abs(amount):,.2f}"
                    swapped = grouped.translate(str.maketrans(",.", ".,"))
                    found |= {plain, plain.replace(".", ","), grouped, swapped}
    return found


def text_of(answer: Any) -> str:
    """What an answer says, whatever it is."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):  # a workbook
        return content.decode("latin-1")
    return content.decode("utf-8", "replace")


NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")


def amount_in(text: str, amounts: set[str]) -> str:
    """The first of these amounts that a text holds as a number, or that a number in it begins with before a point or comma.

    One pattern of all amounts would try each of them at each digit: most of the time of the crawl.
    """
    for found in NUMBER.finditer(text):
        ends = [one.end() for one in re.finditer(r"\d+", found[0])]
        for end in ends:
            if found[0][:end] in amounts:
                return found[0][:end]
    return ""


class CanaryCrawl(TestCase):
    world: World
    amounts: set[str]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = world_make()
        cls.amounts = canaries()

    def crawl(self, who: str, enough: int | None = None, once: bool = False) -> dict[str, str]:
        """Every address with every likely id, plain, as a fragment, and as an export: where an amount was found.

        A control needs no more than `enough` of them, and begins where most are. With `once` the first id of which there is
        a page stands for the others of its address. Where a right is asked that this person lacks, one id is enough: the right
        is asked for before the record (tests/access/table says so of each address).
        """
        client, user = Client(), User.objects.get(pk=self.world.users[who].pk)
        client.force_login(user, backend="apps.accounts.backends.AccountBackend")
        found: dict[str, str] = {}
        every = sorted(routes(), key=lambda one: not one[0].startswith(RICH)) if enough else routes()
        for name, _route, pattern in every:
            if not name or name.startswith(("account_", "mfa_", "acceptance:")):
                continue
            ability = getattr(pattern.callback, "ability", "")
            shut = bool(ability) and not user.may(ability)
            for pk in self.world.candidates:
                url = address(name, pattern, pk)
                if url is None:
                    break
                shown = False
                for query, headers in (("", {}), ("", {"HX-Request": "true"}), ("?export=csv", {})):
                    hit, status = self.look(client, url + query, headers)
                    there = status not in (403, 404)
                    shown = shown or there
                    if hit:
                        found[url + query] = hit
                    if enough is not None and len(found) >= enough:
                        return found
                    if not there:
                        break
                if not pattern.pattern.converters or (once and shown) or (shut and status == 403):
                    break
        return found

    def look(self, client: Client, url: str, headers: dict[str, str]) -> tuple[str, int]:
        """The amount that was found, and the code: what is not there is so as a fragment too."""
        try:
            with transaction.atomic():
                answer = client.get(url, headers=headers)
                hit = amount_in(text_of(answer), self.amounts)
        except DatabaseError:
            return "", 500  # the last wall: a page that asked for an amount got an error instead
        return hit, answer.status_code

    def test_a_technician_meets_no_amount(self) -> None:
        assert self.crawl("tim") == {}

    def test_the_office_meets_many(self) -> None:
        """The control: the same crawl finds amounts where they belong."""
        assert len(self.crawl("bram", enough=11)) == 11

    def test_the_database_refuses_what_careless_code_would_show(self) -> None:
        """Take the first walls down: give technicians the abilities. The database still shows nothing; opened, it does."""
        abilities = Permission.objects.filter(content_type__app_label="accounts").exclude(
            codename="see_office"
        )
        technicians_group().permissions.set(abilities)
        assert self.crawl("tim", once=True) == {}
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {TECHNICIAN}")
        assert len(self.crawl("tim", enough=1)) == 1
