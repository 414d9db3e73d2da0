"""What the worker does for accounts."""

from procrastinate.contrib.django import app

from apps.accounts.actions import factors_reseal, invitations_expire, sessions_forget
from apps.core.actors import SYSTEM
from apps.core.database import OFFICE, as_role


@app.periodic(cron="7 * * * *")
@app.task(name="accounts.invitations_expire", queueing_lock="accounts.invitations_expire")
def expire(timestamp: int) -> None:
    with as_role(OFFICE):
        invitations_expire(by=SYSTEM)


@app.periodic(cron="37 3 * * *")
@app.task(name="accounts.sessions_forget", queueing_lock="accounts.sessions_forget")
def forget(timestamp: int) -> None:
    sessions_forget()


@app.periodic(cron="47 3 * * *")
@app.task(name="accounts.factors_reseal", queueing_lock="accounts.factors_reseal")
def reseal(timestamp: int) -> None:
    factors_reseal()
