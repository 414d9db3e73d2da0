"""manage.py demo: (re)build the demo company, through the real actions, with a fixed seed."""

import gc
import secrets
import time
from pathlib import Path
from random import Random
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection, transaction

from apps.acceptance.demo.build import demo_build
from apps.acceptance.demo.company import LOGINS
from apps.acceptance.demo.story import BRIEF, FULL
from apps.acceptance.fiction import RealCompany, fiction_allow
from apps.acceptance.moment import MomentCommand
from apps.accounts.models import User
from apps.company.models import Company

SEED = 1953
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(MomentCommand):
    help = "Build a believable Dutch company with a year of jobs. With --replace in place of the one that is there."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--replace", action="store_true", help="build the demo company that is there anew"
        )
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--brief", action="store_true", help="only five weeks with a few jobs")

    def handle(self, *args: Any, **options: Any) -> None:
        if (Company.objects.exists() or User.objects.exists()) and not options["replace"]:
            raise CommandError("This installation is in use. Use --replace to build its demo company anew.")
        try:
            fiction_allow()
        except RealCompany as error:
            raise CommandError(str(error)) from error
        started = time.monotonic()
        passwords = {local: password_make() for local, _name, _role in LOGINS}
        with transaction.atomic(), connection.cursor() as cursor:
            everything_remove(cursor)
        # Apart: after a TRUNCATE in the same transaction every savepoint is twice as dear.
        gc.disable()  # a short life with many small things: looking for circles among them costs more than they weigh
        with transaction.atomic():
            demo_build(Random(options["seed"]), passwords, self.say, BRIEF if options["brief"] else FULL)
        gc.enable()
        logins_write(passwords)
        self.say(f"Done in {time.monotonic() - started:.0f} s.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def everything_remove(cursor: Any) -> None:
    """Empty every table of the product and its queue. Roles, permissions and number series stay."""
    kept = {"core_series"}
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model.__module__.startswith("apps.") and model._meta.db_table not in kept
    ]
    # Invoices, signatures and the audit refuse this, unless the owner says which database is built anew.
    cursor.execute("SELECT set_config('app.rebuild', current_database(), true)")
    tables += ["mfa_authenticator", "procrastinate_jobs"]
    cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def password_make() -> str:
    """Three groups of four letters: easy to type on a phone, 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def logins_write(passwords: dict[str, str]) -> None:
    """The demo's logins, where `script/server` finds them."""
    path = Path(settings.VAR_DIR) / "logins.txt"
    lines = [
        f"{local}@markenzonen.example  {passwords[local]}  {name}, {role}" for local, name, role in LOGINS
    ]
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o600)
