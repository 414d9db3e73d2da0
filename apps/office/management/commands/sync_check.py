"""Whether the records agree with each other: `manage.py sync_check`. Ends with 1 when something differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.database import OFFICE, as_role
from apps.finance.actions import sums_catch_up
from apps.office.sync import disagreements
from apps.review.actions import billables_catch_up


class Command(BaseCommand):
    help = "Say where the field, the ledger, the pipeline, the invoices and finance disagree."

    def handle(self, *args: Any, **options: Any) -> None:
        with as_role(OFFICE):
            billables_catch_up()
            sums_catch_up()
            found = disagreements(figures=True)
        for one in found:
            self.stdout.write(f"{one.record}: {one.what}  {one.url}")
        if found:
            raise CommandError(f"{len(found)} disagreements.")
        self.stdout.write("Everything agrees.")
