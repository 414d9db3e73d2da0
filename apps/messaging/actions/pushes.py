"""Messages on the lock screen of a phone: which browser gets them, what waits for it, and handing that over.

docs/adr/0023-push-messages.md says why it is as it is.
"""

import http.client
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.templatetags.static import static
from django.utils.translation import gettext as _

from apps.company.models import Company
from apps.core import clock
from apps.core.database import OFFICE, as_role, session_lock, until_kept
from apps.core.queue import job_defer
from apps.core.refusals import Refused
from apps.core.tokens import token_hash
from apps.messaging.models import Push, PushDevice
from apps.messaging.push_service import NotPublic, Subscription, push_post

MOST_DEVICES = 10
# A planner who drags a visit twice tells once.
REST = timedelta(seconds=15)
# What nobody heard by then stands in the bell, and is no news any more.
LONGEST = timedelta(days=2)
MAX_TRIES = 8
LOCK = 727_021
GONE = {404, 410}
NOT_NOW = {408, 425, 429}


def device_add(
    *, user: Any, to: Subscription, browser: str, session: str, agent: str, was: str = ""
) -> PushDevice:
    """Send pushes for `user` to this browser from now on, and for nobody else.

    `browser` is the secret by which we know it again. Where its maker gave it another address, `was` is the one before.
    Raises Refused when that is not one of the user's, and when they have too many.
    """
    known, own = token_hash(browser), PushDevice.objects.for_user(user)
    same = Q(browser=known) | Q(endpoint=to.endpoint)
    if was and not own.filter(endpoint=was).exists():
        raise Refused(_("This browser gets no messages of yours."))
    try:
        with transaction.atomic():
            PushDevice.objects.filter(same | Q(endpoint=was) if was else same).delete()
            if own.count() >= MOST_DEVICES:
                raise Refused(_("Take one of your devices off the list first."))
            return PushDevice.objects.create(
                user=user, endpoint=to.endpoint, public_key=to.public_key, secret=to.secret,
                browser=known, session=session, agent=agent[:300],
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_("This phone was turned on in another window at this very moment.")) from error


def device_remove(*, device: PushDevice) -> None:
    """Send nothing there any more."""
    device.delete()


def device_claim(*, user: Any, browser: str, session: str) -> None:
    """Somebody logged in with this browser: it tells nobody else's news from now on, and ends with this login."""
    found = PushDevice.objects.filter(browser=token_hash(browser))
    found.exclude(user=user).delete()
    found.update(session=session)


def push_queue(*, user: Any, title: str, text: str, url: str, tag: str, until: datetime) -> None:
    """Tell it on the phones of `user`, in the transaction of whatever it tells; not after `until`.

    It takes the place of what still waits under the same `tag`. It stands on a lock screen: no amount, no customer.
    """
    if not user.is_active:
        return
    now = clock.now()
    Push.objects.filter(device__user=user, tag=tag).delete()
    for device in PushDevice.objects.for_user(user):
        push = Push.objects.create(
            device=device, tag=tag, title=title[:80], text=text[:200], url=url, at=now,
            until=min(until, now + LONGEST),
        )  # fmt: skip
        # A service that does not answer takes long over each: nothing else waits behind it.
        job_defer("messaging.push", wait=REST, gives_way=True, push_id=push.pk)


def push_deliver(*, push_id: int) -> bool:
    """Hand a push to the service of its browser; False when that failed and is worth another try.

    Whoever dies in between hands it over again: by `tag` and `at` the browser sees that it has it.
    """
    with session_lock(LOCK, push_id) as ours:
        if not ours:
            return True  # whoever has it sees to it
        with as_role(OFFICE):
            push = Push.objects.select_related("device__user").filter(pk=push_id).first()
            if push is None:
                return True
            if push.until <= clock.now() or not push.device.user.is_active:
                push.delete()
                return True
            contact = _contact()
        answer = _answer(push, contact)
        return until_kept(lambda: _end(push, answer))


def _contact() -> str:
    """Whom a service writes to that has a question about what we send."""
    company = Company.objects.row()
    return f"mailto:{company.email}" if company and company.email else settings.PUBLIC_ADDRESS


def _answer(push: Push, contact: str) -> int | None:
    """What the service said; None when it did not."""
    device = push.device
    said = {
        "title": push.title,
        "body": push.text,
        "url": push.url,
        "tag": push.tag,
        "at": round(push.at.timestamp() * 1000),
        "icon": static("icons/app-192.png"),
    }
    try:
        return push_post(
            Subscription(device.endpoint, device.public_key, device.secret),
            said=said,
            topic=push.tag,
            life=push.until - clock.now(),
            contact=contact,
        )
    except NotPublic:
        return 410  # nobody lives there
    except (OSError, http.client.HTTPException):
        return None


def _end(push: Push, answer: int | None) -> bool:
    """Write down what became of it; False when it is worth another try."""
    with as_role(OFFICE):
        # Turned on anew meanwhile, it is another one.
        device = PushDevice.objects.filter(pk=push.device_id, endpoint=push.device.endpoint)
        waiting = Push.objects.filter(pk=push.pk)
        if answer in GONE:
            device.delete()
            return True
        if answer and 200 <= answer < 300:
            device.update(reached_at=clock.now(), error="")
            waiting.delete()
            return True
        late = answer is None or answer >= 500 or answer in NOT_NOW
        push.tries += 1
        if late and push.tries < MAX_TRIES:
            waiting.update(tries=push.tries)
            return False
        device.update(error=str(answer or "-"))
        waiting.delete()
        return True
