"""manage.py scale: a believable company of a given size, in bulk, to measure on."""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.acceptance.fiction import RealCompany
from apps.acceptance.moment import MomentCommand
from apps.acceptance.scale.loader import scale_load
from apps.acceptance.scale.size import NoBase


class Command(MomentCommand):
    help = (
        "Add years of believable, consistent history to the demo company: what `script/bench` is measured on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--work-orders", type=int, default=20_000, metavar="N", help="default: %(default)s"
        )
        parser.add_argument(
            "--technicians", type=int, metavar="N", help="default: one for 3,000 orders, from 8 to 60"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        orders = options["work_orders"]
        if orders < 100:
            raise CommandError("A company of fewer than 100 work orders is not worth measuring.")
        began = time.monotonic()
        try:
            scale_load(orders, technicians=options["technicians"], report=self.stdout.write)
        except (NoBase, RealCompany) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{orders} work orders in {time.monotonic() - began:.0f} s")
