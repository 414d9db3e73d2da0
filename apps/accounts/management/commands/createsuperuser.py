"""manage.py createsuperuser: an admin, in the roles of this product. Takes the place of Django's own command."""

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from apps.accounts import roles
from apps.accounts.actions import user_create
from apps.accounts.forms import AdminForm
from apps.core.actors import SYSTEM

ASKED = {"email": "E-mail", "name": "Name", "password": "Password", "again": "Password again"}
SECRET = ("password", "again")


class Command(BaseCommand):
    help = "Make an admin: asks for an e-mail address, a name and a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email")
        parser.add_argument("--name")
        parser.add_argument("--language", choices=["en", "nl"], default="nl", help="default: %(default)s")
        parser.add_argument(
            "--role", action="append", dest="more_roles", default=[], choices=[roles.OWNER, roles.OFFICE],
            help="what they are besides admin; may be given twice",
        )  # fmt: skip
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive",
            help="ask nothing: take DJANGO_SUPERUSER_EMAIL, _NAME and _PASSWORD from the environment",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            given = self._given(options)
        user = user_create(
            by=SYSTEM,
            email=given["email"],
            name=given["name"],
            user_roles={roles.ADMIN, *given["more_roles"]},
            language=given["language"],
            password=given["password"],
        )
        self.stdout.write(f"{user.name} may log in as {user.email}.")

    def _given(self, options: dict[str, Any]) -> dict[str, Any]:
        """What was given or is typed, once it is right. Raises CommandError when nothing may be asked."""
        known = {name: options.get(name) or self._environment(name) for name in ("email", "name", "password")}
        typed: dict[str, Any] = {name: value for name, value in known.items() if value}
        if "password" in typed:
            typed["again"] = typed["password"]
        while True:
            if options["interactive"]:
                for name, label in ASKED.items():
                    if name not in typed:
                        typed[name] = getpass(f"{label}: ") if name in SECRET else input(f"{label}: ").strip()
            form = AdminForm(typed | {name: options[name] for name in ("language", "more_roles")})
            if form.is_valid():
                return form.cleaned_data
            faults = [
                f"{ASKED.get(name, name)}: {' '.join(map(str, texts))}" for name, texts in form.errors.items()
            ]
            if not options["interactive"]:
                raise CommandError("\n".join(faults))
            self.stderr.write("\n".join(faults))
            wrong = set(form.errors) | (set(SECRET) if set(SECRET) & set(form.errors) else set())
            typed = {name: value for name, value in typed.items() if name not in wrong}

    def _environment(self, name: str) -> str:
        return os.environ.get(f"DJANGO_SUPERUSER_{name.upper()}", "")
