"""How a run of the chain asks: what was found, what must be refused, and as whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, connection, transaction

from apps.acceptance.cast import Cast
from apps.acceptance.checks import Report
from apps.core import clock
from apps.core.database import TECHNICIAN, as_role
from apps.core.refusals import Refused
from apps.field.actions import event_record
from apps.field.models import FieldEvent
from apps.planning.models import Assignment


class Asking:
    cast: Cast
    assignment: Assignment

    def __init__(self, report: Report) -> None:
        self.report = report
        self.expect = report.expect
        self.now = clock.now()

    def hour(self, days: int, hour: int) -> datetime:
        """That hour, so many days from now."""
        return (self.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)

    def technicians_role(self) -> Any:
        return as_role(TECHNICIAN, user_id=self.cast.technician.user.pk)

    def phone(self, user: Any) -> Callable[..., FieldEvent]:
        def send(
            kind: str,
            at: datetime,
            payload: dict[str, Any] | None = None,
            file: Any = None,
            event: Any = None,
        ) -> FieldEvent:
            with clock.at(at):  # the visit is two days ahead; the phone's clock must not seem to run ahead
                return event_record(
                    user=user, id=event or uuid4(), kind=kind, assignment=self.assignment, payload=payload or {},
                    file=file, occurred_at=at,
                )  # fmt: skip

        return send

    def refused(self, what: str, call: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                call()
            self.expect(what, found=False)
        except Refused:
            self.expect(what, found=True)

    def database_refuses(self, what: str, statement: str) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
            self.expect(what, found=False)
        except DatabaseError:
            self.expect(what, found=True)
