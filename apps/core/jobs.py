"""What the worker does for the mechanisms."""

from procrastinate.contrib.django import app

from apps.core import idempotency
from apps.core.database import OFFICE, ROLES, as_role
from apps.core.limits import hits_forget


@app.periodic(cron="17 3 * * *")
@app.task(name="core.hits_forget", queueing_lock="core.hits_forget")
def forget(timestamp: int) -> None:
    with as_role(OFFICE):
        hits_forget()


@app.periodic(cron="35 3 * * *")
@app.task(name="core.keys_expire", queueing_lock="core.keys_expire")
def keys_expire(timestamp: int) -> None:
    """Forget the answers under keys that are no longer taken. Each role sees only its own."""
    for role in ROLES:
        with as_role(role):
            idempotency.forget_expired()
