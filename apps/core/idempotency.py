"""Keys that make a repeated POST harmless, and the answers kept under them."""

import hashlib
import uuid
from dataclasses import dataclass

from django.db import connection, models
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.models import IdempotentAnswer
from apps.core.refusals import Refused

FIELD = "idempotency_key"
# Names the fields whose values belong to the key: typed differently, it is another press.
WITH = "idempotency_with"
KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Location", "HX-Trigger", "HX-Push-Url",
                "HX-Retarget", "HX-Reswap")  # fmt: skip


def key_for(verb: str, obj: models.Model) -> str:
    """The key of a button on `obj`: equal in every tab that shows the same version of it."""
    version = getattr(obj, "version", 0)
    version = version.pk if isinstance(version, models.Model) else version
    name = f"{verb}:{obj._meta.label_lower}:{obj.pk}:{version}"
    return hashlib.sha256(name.encode()).hexdigest()


def key_new() -> str:
    """The key of a form that makes something new: one per time that the form was shown."""
    return uuid.uuid4().hex


def key_of(data: QueryDict) -> str:
    """The key of a posted form, with the values that belong to it; empty when the form has none."""
    key = data.get(FIELD, "")
    values = [f"{name}={data.getlist(name)}" for name in data.get(WITH, "").split()]
    return "|".join([key, *values]) if key else ""


@dataclass(frozen=True)
class Claim:
    key: str
    scope: str
    answer: IdempotentAnswer | None

    @property
    def sentence(self) -> str:
        return _("This was already done; here is the outcome of the first time.")


def claim(*, key: str, user_id: int | None, path: str) -> Claim:
    """Claim `key` in this transaction, or find the answer that it was given before.

    A request with the same key that is still running is waited for. Raises Refused when the key was
    used for another address.
    """
    key = hashlib.sha256(key.encode()).hexdigest()
    scope = f"user:{user_id}" if user_id else "public"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotentanswer (key, scope, path, status, headers, body, created_at, db_role)"
            " VALUES (%s, %s, %s, 0, '{}', '', %s, current_user) ON CONFLICT DO NOTHING",
            [key, scope, path[:500], clock.now()],
        )
        claimed = cursor.rowcount == 1
    if claimed:
        return Claim(key, scope, None)
    answer = IdempotentAnswer.objects.filter(key=key, scope=scope).first()
    if answer is None or answer.path != path[:500]:
        raise Refused(_("This form was already used for something else. Reload the page and try again."))
    return Claim(key, scope, answer)


def remember(claimed: Claim, response: HttpResponse) -> None:
    """Keep the answer of a claimed key, in the transaction that did the work."""
    IdempotentAnswer.objects.filter(key=claimed.key, scope=claimed.scope).update(
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=response.content.decode(response.charset or "utf-8"),
    )


def forget(claimed: Claim) -> None:
    """Give the key free again: the request was refused, and a next try is a new one."""
    IdempotentAnswer.objects.filter(key=claimed.key, scope=claimed.scope).delete()
