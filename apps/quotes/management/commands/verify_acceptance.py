"""manage.py verify_acceptance N: compute a stored acceptance again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.database import OFFICE, as_role
from apps.core.numbers import pk_read
from apps.quotes import rules
from apps.quotes.documents import signature_hash
from apps.quotes.models import Acceptance


class Command(BaseCommand):
    help = "Check that an accepted quote still is exactly what the customer was shown and signed. Exit status 0 or 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("acceptance", help="the id of the acceptance, or the number of the quote")

    def handle(self, *args: Any, **options: Any) -> None:
        with as_role(OFFICE):
            found = self._find(options["acceptance"])
            checks = _checks(found) if found else []
        if found is None:
            self.stderr.write(f"There is no acceptance {options['acceptance']}.")
            raise SystemExit(1)
        for check in checks:
            self.stdout.write(f"{'ok ' if check.ok else 'NOT'} {check.what}")
        good = all(check.ok for check in checks)
        self.stdout.write(
            f"{found.version}, accepted by {found.name} on {found.at:%Y-%m-%d %H:%M:%S} UTC,"
            f" total {found.total}: {'ok' if good else 'NOT OK'}"
        )
        if not good:
            raise SystemExit(1)

    def _find(self, given: str) -> Acceptance | None:
        rows = Acceptance.objects.select_related("version__quote", "signature")
        pk = pk_read(given)
        same = {"version__quote__number": given} if pk is None else {"pk": pk}
        return rows.filter(**same).first()


def _checks(acceptance: Acceptance) -> list[rules.Check]:
    try:
        signature = signature_hash(acceptance.signature)
    except OSError:
        signature = "the file is gone"
    return rules.acceptance_checks(
        acceptance.shown,
        shown_hash=acceptance.shown_hash,
        content=acceptance.version.content,
        content_hash=acceptance.version.content_hash,
        options=acceptance.options,
        name=acceptance.name,
        sums=(acceptance.net, acceptance.vat, acceptance.total),
        signature=signature,
    )
