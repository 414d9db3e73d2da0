"""What a job uses stays on it when it goes out of use."""

from typing import Any

from django.urls import reverse

from apps.intake.models import RequestType
from tests.builders import JobFormFactory, MaterialFactory, RequestTypeFactory
from tests.pages import Page, submit
from tests.planning.conftest import World


def test_saving_a_job_keeps_its_type_form_and_materials(world: World, web: Any) -> None:
    RequestTypeFactory(name="Another")
    form = JobFormFactory()
    version = form.versions.get()
    MaterialFactory(name="Another")
    pump = MaterialFactory(name="Pump")
    brought = {"material": pump, "description": "Pump", "quantity": 1, "unit": "C62"}
    order = world.order(job_form=form, to_bring=[brought])
    for row in (world.type, form, pump):
        row.active = False
        row.save()
    answer = submit(
        reverse("workorders:work_order_change", args=[order.pk]), client=web, title="Dripping", press="Save"
    )
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.title, order.type, order.job_form_version) == ("Dripping", world.type, version)
    assert [one.material for one in order.to_bring.all()] == [pump]


def test_a_new_job_is_offered_only_what_is_in_use(world: World, web: Any) -> None:
    other = RequestTypeFactory(name="Another")
    RequestType.objects.filter(pk=world.type.pk).update(active=False)
    address = reverse("workorders:work_order_create") + f"?customer={world.customer.pk}"
    offered = Page.fetched(address, web).root.xpath("//select[@name='type']/option/@value")
    assert str(other.pk) in offered
    assert str(world.type.pk) not in offered
