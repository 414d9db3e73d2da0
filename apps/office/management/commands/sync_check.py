"""Whether the records agree with each other: `manage.py sync_check`. Ends with 1 when something differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.database import OFFICE, as_role
from apps.finance.actions import sums_catch_up, sums_recount
from apps.office.sync import disagreements
from apps.pipeline.actions import ledger_recount
from apps.review.actions import billables_catch_up


class Command(BaseCommand):
    help = "Say where the field, the ledger, the pipeline, the invoices and finance disagree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--recount",
            action="store_true",
            help="First add up anew the sums that are kept of the ledger and of finance, from the records.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["recount"]:
            ledger_recount()
        with as_role(OFFICE):
            billables_catch_up()
            if options["recount"]:
                sums_recount()
            sums_catch_up()
            found = disagreements(figures=True)
        for one in found:
            self.stdout.write(f"{one.record}: {one.what}  {one.url}")
        if found:
            raise CommandError(f"{len(found)} disagreements.")
        self.stdout.write("Everything agrees.")
