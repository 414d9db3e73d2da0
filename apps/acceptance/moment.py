"""Commands that can run as if it were another moment."""

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from apps.core import clock


def moment_read(text: str) -> datetime:
    """A moment in ISO 8601; without an offset it is meant where the company is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no moment such as 2026-12-31T23:30") from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


class MomentCommand(BaseCommand):
    """A command whose "now" is the clock's, or the one given with --now."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now",
            type=moment_read,
            metavar="MOMENT",
            help="as if it were then, such as 2026-12-31T23:30 (default: the present moment)",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        with clock.at(options["now"] or clock.now()):
            return super().execute(*args, **options)
