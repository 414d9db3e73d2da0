"""How often a password or a code may be wrong. See docs/adr/0009-logging-in.md.

A stranger's guesses are counted per account, whatever address they come from, and per address, whatever account they
are at. A device that is known for the account has a count of its own and no other: whoever guesses elsewhere keeps
nobody from their work, and neither does a colleague behind the same address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.accounts import devices
from apps.accounts.models import User
from apps.core import clock, formats
from apps.core.client_address import UNKNOWN, client_address, neighbourhood
from apps.core.journal import journal
from apps.core.limits import Key, Limit, latest, lock

QUARTER, HOUR, DAY = 900, 3600, 86400
# The second of each holds back who has patience, from however many addresses.
PASSWORD = (Limit(10, QUARTER), Limit(50, DAY))
CODE = (Limit(10, QUARTER), Limit(30, DAY))
ADDRESS = (Limit(100, HOUR),)
# Mails with a link to a new password: to one mailbox, and asked for from one address.
MAILS, MAILS_ADDRESS = Limit(5, HOUR), Limit(60, HOUR)
# Looking at a password takes long, and guesses at one account or from one address wait for each other. Of the threads of
# a process so many may be at it for strangers; the others stay free for who works.
TURNS = BoundedSemaphore(2)
# More than a person mistypes; after that it is a stranger's device.
KNOWN_DEVICE = (Limit(50, DAY),)


class Guess:
    """One try at a secret of an account. Ask `check` before, and tell it when it was `wrong`."""

    def __init__(self, request: HttpRequest, kind: str, account: str, user: User | None) -> None:
        self.request = request
        self.kind = kind
        self.user = user
        self.device = Key(f"{kind}.device", f"{account}:{devices.known(request, user)}")
        self.account = Key(f"{kind}.account", account)
        self.keys: list[Key] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around the whole try. Raises ValidationError when too many strangers are at it; a known device has its turn."""
        if devices.known(self.request, self.user):
            yield
            return
        if not TURNS.acquire(blocking=False):
            journal(f"{self.kind}.busy", self.request, user=self.user)
            raise ValidationError(_("Very many are logging in at this moment. Try again in a few seconds."))
        try:
            yield
        finally:
            TURNS.release()

    def check(self) -> None:
        """Raises ValidationError when it must wait. Others who guess at the same wait until this one is decided."""
        if moment := self._free_at():
            journal(
                f"{self.kind}.refused", self.request, user=self.user, until=moment.isoformat("T", "seconds")
            )
            raise ValidationError(self._sentence(moment))

    def wrong(self) -> None:
        journal(f"{self.kind}.failed", self.request, user=self.user)
        for key in self.keys:
            key.hit()

    def _free_at(self) -> datetime | None:
        if devices.known(self.request, self.user):
            lock(self.device)
            if self.device.free_at(*KNOWN_DEVICE) is None:
                self.keys = [self.device]
                return None
        self.keys = [self.account]
        address = client_address(self.request)
        if self.kind == "login" and address != UNKNOWN:
            self.keys.append(Key("login.address", neighbourhood(address)))
        lock(*self.keys)
        limits = [PASSWORD if self.kind == "login" else CODE, ADDRESS]
        return latest(key.free_at(*limit) for key, limit in zip(self.keys, limits, strict=False))

    def _sentence(self, moment: datetime) -> str:
        time = _when(moment)
        if self.kind == "login":
            words = _("Too many wrong passwords. Try again after %(time)s, or choose a new password by mail.")
        else:
            words = _("Too many wrong codes. Try again after %(time)s.")
        return words % {"time": time}


def _when(moment: datetime) -> str:
    """From when it may be tried again: the minute after the moment, since seconds are not said."""
    moment += timedelta(minutes=1)
    same_day = formats.day(moment) == formats.day(clock.now())
    return formats.clock_time(moment) if same_day else formats.moment(moment)


def password_guess(request: HttpRequest, email: str) -> Guess:
    """A try to log in. An address that nobody has is counted as one that somebody has."""
    email = email.strip().lower()
    return Guess(request, "login", email, User.objects.filter(email=email).first())


def code_guess(request: HttpRequest, user: User) -> Guess:
    """A try at the second factor of somebody whose password was right."""
    return Guess(request, "code", str(user.pk), user)


def guesses_forget(user: User) -> None:
    """Let everybody try again: the user has proved by mail who they are."""
    Key("login.account", user.email).forget()


def mails_count(request: HttpRequest, email: str) -> None:
    """Count a mail that is asked for without a login. Raises ValidationError when it must wait."""
    mailbox, address = Key("mails", email), client_address(request)
    home = Key("mails.address", neighbourhood(address))
    lock(mailbox, home)
    waits = [mailbox.free_at(MAILS)]
    if address != UNKNOWN:
        waits.append(home.free_at(MAILS_ADDRESS))
    if moment := latest(waits):
        journal("mails.refused", request)
        words = _(
            "Several mails went to this address already: look in the mailbox. Another can be asked for after %(time)s."
        )
        raise ValidationError(words % {"time": _when(moment)})
    mailbox.hit()
    home.hit()
