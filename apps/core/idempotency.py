"""Keys that make a repeated POST harmless, and the answers kept under them.

A key says whose form it is, what it is for and when it was shown, and is signed: nobody else can guess or use it up.
The same key with the same values gives the same answer. With other values it is another act (EACH: one more photo, a
later change), or is asked about first (ONCE: a second payment). docs/adr/0013-form-keys.md says why.
"""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from apps.core import clock
from apps.core.models import IdempotentAnswer

FIELD: Final = "idempotency_key"
DONE: Final = "form_done"
AGE: Final = timedelta(days=7)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
ONCE, EACH = "o", "e"
NOBODY: Final = "p"  # whoever has the public form or the private link
# On a request: how its form names files that were kept; on such a file: that it is one.
KEPT_NAMES: Final = "kept_names"
KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Location", "HX-Trigger", "HX-Push-Url",
                "HX-Retarget", "HX-Reswap")  # fmt: skip


class Unusable(Exception):
    """A key under which nothing may be done."""


class Unknown(Unusable):
    """Not made by us, or in another life: nobody can say what it is for."""


class Expired(Unusable):
    """Made by us for this person, too long ago: what was done under it may be forgotten."""


class OtherLogin(Unusable):
    """Made by us for somebody else."""


@dataclass(frozen=True)
class Key:
    kind: str
    name: str
    issued: datetime
    owner: str
    text: str


def owner_of(request: HttpRequest) -> str:
    return f"u{request.user.pk}" if request.user.is_authenticated else NOBODY


def key_for(owner: str, verb: str, obj: models.Model, *, kind: str = ONCE) -> str:
    """The key of a button on `obj`: it does its work once, in however many tabs its owner sees the same version."""
    version = getattr(obj, "version", 0)
    version = version.pk if isinstance(version, models.Model) else version
    name = f"{verb}:{obj._meta.label_lower}:{obj.pk}:{version}"
    return _written(kind, hashlib.sha256(name.encode()).hexdigest()[:32], owner)


def key_new(owner: str, *, kind: str = EACH, about: models.Model | None = None) -> str:
    """The key of a form that makes something: another one each time that the form is shown.

    With `about` it says, too, which record's page the form was shown on.
    """
    name = uuid.uuid4().hex
    return _written(kind, name if about is None else name[:16] + _about(name[:16], about), owner)


def key_is_about(key: Key, obj: models.Model) -> bool:
    """Whether the key was given out on a page about `obj`: proof that its owner was shown that."""
    return hmac.compare_digest(key.name[16:], _about(key.name[:16], obj))


def _about(nonce: str, obj: models.Model) -> str:
    said = f"{nonce} {obj._meta.label_lower} {obj.pk}"
    return salted_hmac("core.idempotency.about", said, algorithm="sha256").hexdigest()[:16]


def key_again(key: Key) -> str:
    """The same key, shown again now."""
    return _written(key.kind, key.name, key.owner)


def key_read(text: str) -> Key:
    """What a posted key says. Raises Unknown when it was not made by us."""
    said, _dot, mac = text.rpartition(".")
    if not hmac.compare_digest(mac.encode(), _mac(said).encode()):
        raise Unknown
    what, issued, owner = said.split(".")
    when = EPOCH + timedelta(microseconds=int(issued, 16))
    return Key(what[0], what[1:], when, owner, text)


def key_check(text: str, owner: str, *, ages: bool = True) -> Key:
    """The key, if `owner` may use it now. A key of nobody's works for whoever has it: a link opened before logging in.

    One that does not age belongs to what is never done twice anyhow.
    """
    key = key_read(text)
    if key.owner not in (owner, NOBODY):
        raise OtherLogin
    if ages and clock.now() - key.issued > AGE:
        raise Expired
    return key


def _written(kind: str, name: str, owner: str) -> str:
    said = f"{kind}{name}.{(clock.now() - EPOCH) // timedelta(microseconds=1):x}.{owner}"
    return f"{said}.{_mac(said)}"


def _mac(said: str) -> str:
    return salted_hmac("core.idempotency", said, algorithm="sha256").hexdigest()[:32]


def sent_hash(request: HttpRequest) -> str:
    """What was sent: the values, the files by their contents, and the rest of the address; not the key and the token.

    A file that was kept for the form is what the form names it by: once the form is taken the file itself is gone.
    A keyed hash: it is stored, and what was sent may hold a password.
    """
    values = {name: request.POST.getlist(name) for name in sorted(request.POST)}
    values |= getattr(request, KEPT_NAMES, {})
    for name in (FIELD, "csrfmiddlewaretoken"):
        values.pop(name, None)
    chosen = {
        name: [one for one in request.FILES.getlist(name) if not hasattr(one, KEPT_NAMES)]
        for name in sorted(request.FILES)
    }
    files = {name: [_file_hash(one) for one in given] for name, given in chosen.items() if given}
    said = [request.META.get("QUERY_STRING", ""), values, files]
    return salted_hmac("core.idempotency.sent", json.dumps(said), algorithm="sha256").hexdigest()


def _file_hash(file: object) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():  # type: ignore[attr-defined]
        digest.update(chunk)
    file.seek(0)  # type: ignore[attr-defined]
    return digest.hexdigest()


@dataclass(frozen=True)
class Claim:
    """A key that this request may work under, or the answer that was given under it before."""

    key: str
    scope: str
    act: uuid.UUID
    name: str = ""
    answer: IdempotentAnswer | None = None
    # What was sent then is not what is sent now.
    differs: bool = False


def claim(key: Key, request: HttpRequest) -> Claim:
    """Claim `key` for this address in this transaction; one that is being worked under is waited for.

    The scope is the owner and the address (a private link's token stands in it), so one key can never block another;
    and the database role, as no role may see an answer that was made for another.
    """
    sent = sent_hash(request)
    scope = _short(f"{key.owner} {request.path} {getattr(request, 'database_role', '')}")
    name = _short(f"{key.name} {sent}" if key.kind == EACH else key.name)
    act = uuid.uuid5(uuid.NAMESPACE_OID, f"{scope} {key.text} {sent}")
    # Not by the clock alone: it may have been set back since the form was shown, or be another machine's.
    now = max(clock.now(), key.issued)
    with connection.cursor() as cursor:
        # Whoever was shown the form after an earlier answer knows what was done: that is a new press.
        cursor.execute(
            "INSERT INTO core_idempotentanswer AS kept"
            " (key, scope, path, sent_hash, status, headers, body, created_at, db_role)"
            " VALUES (%(key)s, %(scope)s, %(path)s, %(sent)s, 0, '{}', '', %(now)s, current_user)"
            " ON CONFLICT (key, scope) DO UPDATE SET sent_hash = excluded.sent_hash, status = 0,"
            " created_at = excluded.created_at WHERE kept.created_at < %(issued)s",
            {"key": name, "scope": scope, "path": request.path[:500], "sent": sent, "now": now,
             "issued": key.issued},
        )  # fmt: skip
        claimed = cursor.rowcount == 1
    if claimed:
        return Claim(name, scope, act, key.name)
    answer = IdempotentAnswer.objects.filter(key=name, scope=scope).first()
    if answer is None:  # expired, and deleted at this moment
        raise Expired
    return Claim(name, scope, act, key.name, answer, differs=answer.sent_hash != sent)


def act_of(request: HttpRequest) -> uuid.UUID:
    """What names the act of this request: the same for a form that is sent again."""
    claimed: Claim | None = getattr(request, "claim", None)
    return claimed.act if claimed else uuid.uuid4()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def remember(claimed: Claim, response: HttpResponse) -> None:
    """Keep the answer of a claimed key, in the transaction that did the work."""
    IdempotentAnswer.objects.filter(key=claimed.key, scope=claimed.scope).update(
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=response.content.decode(response.charset or "utf-8"),
        created_at=Greatest("created_at", Value(clock.now())),
    )


def said_done(claimed: Claim, request: HttpRequest, response: HttpResponse) -> None:
    """Tell the browser that it need not keep what it sent. Public pages take no cookie."""
    if request.user.is_authenticated and claimed.name:
        response.set_cookie(DONE, claimed.name, max_age=600, samesite="Lax", secure=request.is_secure())


def forget(claimed: Claim) -> None:
    """Give the key free again: the request was refused, and a next try is a new one."""
    IdempotentAnswer.objects.filter(key=claimed.key, scope=claimed.scope).delete()


def forget_expired() -> int:
    """Delete the answers of keys that are no longer taken."""
    gone, _per_model = IdempotentAnswer.objects.filter(created_at__lt=clock.now() - AGE).delete()
    return gone
