"""What goes to a lock screen is read where it arrives: no amount."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from apps.core import clock
from apps.messaging.actions import push_queue
from apps.planning.actions import assignment_cancel
from apps.planning.models import Assignment
from tests.builders import BookingFactory, WorkOrderFactory
from tests.lock_screen import push_service, sent
from tests.pages import post_by_hand
from tests.price_wall.test_crawl import amount_in, canaries
from tests.world import world_make


@pytest.mark.django_db
def test_no_push_holds_an_amount(settings: Any, tmp_path: Path, client_as: Any) -> None:
    world = world_make()
    tim, known = world.users["tim"], canaries()
    amount = next(one for one in sorted(known) if "," in one)
    with push_service(settings, tmp_path) as service:
        screen = service.screen()
        post_by_hand(client_as(tim), reverse("phone:push_add"), screen.form)
        start = clock.now() + timedelta(days=3)
        cast = world.chain.cast
        order = WorkOrderFactory(customer=cast.customer, type=cast.type, title=f"Boiler of {amount}")
        visit = BookingFactory(technician=tim.technician, work_order=order, start=start, hours=2)
        sent()
        assignment_cancel(
            assignment=Assignment.objects.get(pk=visit.pk), by=world.users["bram"], reason=amount
        )
        sent()
        said = [json.dumps(one) for one in screen.said]
        assert len(said) == 2
        assert [amount_in(one, known) for one in said] == ["", ""]
        assert [amount_in(str(one), known) for one in screen.headers] == ["", ""]

        # The control: what a push does say is read.
        until = clock.now() + timedelta(days=1)
        push_queue(user=tim, title="Job", text=f"Boiler of {amount}", url="/phone/", tag="x", until=until)
        sent()
        assert amount_in(json.dumps(screen.said[-1]), known)
