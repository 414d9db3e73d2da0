"""What the people of the load start from, made in an installation by the product's own actions: `-m tests.trouble.seed N`.

Prints where to begin, as JSON: the sessions of who works there, N jobs to plan, N jobs to invoice, and Tim's job of today.
"""

import json
import sys
from datetime import time, timedelta
from typing import Any

import django


def seed(count: int) -> dict[str, Any]:
    from django.test import Client
    from django.urls import reverse

    from apps.accounts.roles import OFFICE, OWNER
    from apps.company.actions import company_set
    from apps.core import clock
    from apps.core.actors import SYSTEM
    from apps.customers.models import Customer
    from apps.technicians.actions import hours_set
    from tests.builders import BookingFactory, Phone, WorkOrderFactory
    from tests.conftest import user_make
    from tests.money import money_world

    def session(user: Any) -> str:
        client = Client()
        client.force_login(user, backend="apps.accounts.backends.AccountBackend")
        return client.cookies["sessionid"].value

    world = money_world()
    company_set(by=SYSTEM, tell_after_minutes=0)  # else the mails of the load wait for longer than it lasts
    bram, petra = user_make("Bram", OFFICE, OWNER), user_make("Petra", OFFICE)
    days = [(day, time(0), time(23, 59)) for day in range(1, 8)]
    hours_set(technician=world.technician, by=SYSTEM, weeks=[days])
    customer: Customer = world.customer()
    site = customer.sites.get()
    ready = [world.job(customer=customer).pk for _ in range(count)]
    plan = [
        WorkOrderFactory(by=bram, customer=customer, site=site, type=world.type, title=f"Job {number}").pk
        for number in range(count)
    ]
    order = WorkOrderFactory(by=bram, customer=customer, site=site, type=world.type, title="Today")
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    booking = BookingFactory(technician=world.technician, work_order=order, start=start, hours=1)
    Phone(world.technician.user, booking).begin()
    first = clock.today() + timedelta(days=3)
    return {
        "sessions": {"bram": session(bram), "petra": session(petra), "tim": session(world.technician.user)},
        "technician": world.technician.pk,
        "ready": ready,
        "slots": [
            {"order": pk, "page": reverse("planning:quick_plan") + f"?job=w{pk}",
             "day": (first + timedelta(days=number // 20)).isoformat(), "start": f"{number % 20:02}:00"}
            for number, pk in enumerate(plan)
        ],
        "extra_work": reverse("phone:extra_work", args=[booking.pk]),
        "photos": reverse("phone:after_photo", args=[booking.pk]),
    }  # fmt: skip


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seed(int(sys.argv[1]))))
