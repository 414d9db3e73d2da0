"""manage.py first_admin_link: the address at which the first admin makes their account."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.first_admin import VALID_HOURS, first_admin_path
from apps.accounts.models import User


class Command(BaseCommand):
    help = f"Print a link that makes the first admin. It holds for {VALID_HOURS} hours, and only while there is no admin."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.managing().exists():
            raise CommandError("This installation has an admin. Log in, or use manage.py createsuperuser.")
        self.stdout.write(settings.PUBLIC_ADDRESS + first_admin_path())
