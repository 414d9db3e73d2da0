"""A part that went out of use is still recorded where the job asks to bring it."""

from apps.materials.models import Material


def test_a_part_that_the_job_asks_to_bring_can_be_recorded(phone, order, pump):
    phone.begin()
    order.to_bring.create(material=pump, description=pump.name, quantity=1)
    Material.objects.update(active=False)
    phone.done("material", material=pump.pk, quantity="1")


def test_another_part_out_of_use_is_for_the_office_to_decide(phone, pump):
    phone.begin()
    Material.objects.update(active=False)
    assert phone.send("material", material=pump.pk, quantity="1").why == "unknown_material"


def test_the_phone_offers_what_the_job_asks_to_bring(phone, order, pump, client_as):
    phone.begin()
    order.to_bring.create(material=pump, description=pump.name, quantity=1)
    Material.objects.update(active=False)
    page = client_as(phone.user).get(f"/phone/job/{phone.assignment.pk}/materials/").content.decode()
    assert pump.name in page
