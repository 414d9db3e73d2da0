"""What the worker does for the field."""

from procrastinate.contrib.django import app

from apps.core.actors import SYSTEM
from apps.core.database import OFFICE, as_role
from apps.field import actions
from apps.workorders.models import WorkOrder


@app.periodic(cron="20 * * * *")
@app.task(name="field.settle", queueing_lock="field.settle")
def settle(timestamp: int) -> None:
    """Hand in the jobs of which the last open visit was taken off the plan."""
    with as_role(OFFICE):
        for work_order in WorkOrder.objects.in_progress().filter(visits__status="finished").distinct():
            actions.work_order_settle(work_order=work_order, by=SYSTEM)
