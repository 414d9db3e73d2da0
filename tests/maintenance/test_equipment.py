"""A device at a site: when it was serviced and when it is next, its jobs and documents, and what its label opens."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.core.text import visible
from apps.customers.actions import customer_change, equipment_change
from apps.customers.models import Equipment
from apps.maintenance.actions import contract_end, visits_generate
from apps.maintenance.documents import equipment_label
from apps.maintenance.figures import equipment_rows
from apps.workorders.models import WorkOrder
from tests.builders.contracts import boiler, contract
from tests.hostile import pdf_text
from tests.pages import submit

pytestmark = pytest.mark.django_db

AUTUMN = [8, 9, 10]


def row_of(device: Equipment, cast: Any) -> Any:
    return equipment_rows(cast.bram).get(pk=device.pk)


def work_done(shop: Any, order: WorkOrder, on: date = date(2026, 11, 16)) -> None:
    start = datetime.combine(on, time(9), tzinfo=ZoneInfo("Europe/Amsterdam"))
    shop.phone(order, start=start).work(60).finish(signed="Mrs Peters")


def shown(client: Any, **query: str) -> str:
    return visible(client.get(reverse("maintenance:equipment_list"), query).text)


@pytest.fixture
def office(client_as: Any, cast: Any) -> Any:
    return client_as(cast.bram)


@pytest.fixture
def tim(client_as: Any, cast: Any) -> Any:
    return client_as(cast.tim)


class TestNextService:
    def test_advice_counts_from_the_day_that_it_was_installed(
        self, shop: Any, cast: Any, calendar: Any
    ) -> None:
        device = boiler(shop, installed_on=date(2026, 2, 28), service_months=12)
        assert row_of(device, cast).next_from == row_of(device, cast).late_after == date(2027, 2, 28)
        assert row_of(boiler(shop), cast).next_from is None

    def test_a_service_moves_the_next_one_and_a_repair_does_not(
        self, shop: Any, cast: Any, calendar: Any
    ) -> None:
        device = boiler(shop, installed_on=date(2020, 1, 1), service_months=12)
        assert row_of(device, cast).late_after == date(2021, 1, 1)
        order = shop.order(equipment=device)
        work_done(shop, order)
        assert row_of(device, cast).last_service is None
        type(order.type).objects.filter(pk=order.type_id).update(services=True)
        found = row_of(device, cast)
        assert found.last_service == date(2026, 11, 16)
        assert found.next_from == date(2027, 11, 16)

    def test_a_contract_goes_before_advice_and_its_visit_counts_whatever_its_type(
        self, shop: Any, cast: Any, calendar: Any
    ) -> None:
        one, other = boiler(shop, service_months=6, installed_on=date(2020, 1, 1)), boiler(shop)
        made = contract(shop, equipment=[one, other], season=AUTUMN)
        # It owes nothing yet: nothing is late.
        assert [row_of(one, cast).next_from, row_of(one, cast).under_contract] == [None, True]
        calendar.be(date(2027, 6, 1))
        visits_generate()
        for device in (one, other):
            found = row_of(device, cast)
            assert (found.next_from, found.late_after) == (date(2027, 8, 1), date(2027, 10, 31))
        calendar.be(date(2027, 9, 2))
        work_done(shop, WorkOrder.objects.get(serviced=one), date(2027, 9, 2))
        for device in (one, other):
            found = row_of(device, cast)
            assert (found.last_service, found.next_from) == (date(2027, 9, 2), None)
        contract_end(contract=made, by=cast.bram, ends_on=date(2027, 9, 2), reason="House sold")
        calendar.be(date(2027, 9, 3))
        assert row_of(one, cast).next_from == date(2028, 3, 2)

    def test_the_list_says_what_is_late_due_or_agreed_by_nobody(
        self, shop: Any, office: Any, calendar: Any
    ) -> None:
        late = boiler(shop, make="Late", installed_on=date(2020, 1, 1), service_months=12)
        boiler(shop, make="Soon", installed_on=date(2026, 1, 1), service_months=12)
        boiler(shop, make="Never", warranty_until=date(2026, 12, 1))
        boiler(shop, make="Fine", installed_on=date(2026, 6, 1), service_months=12)
        for state, makes in {
            "overdue": {"Late"}, "due": {"Soon"}, "not_agreed": {"Never"}, "warranty": {"Never"}, "gone": set(),
        }.items():  # fmt: skip
            page = shown(office, state=state)
            assert {one for one in ("Late", "Soon", "Never", "Fine") if f"Cv-ketel {one}" in page} == makes, (
                state
            )
        equipment_change(equipment=late, by=shop.cast.bram, gone_on=date(2026, 11, 1))
        assert "Cv-ketel Late" not in shown(office, state="overdue")
        assert "Cv-ketel Late" in shown(office, state="gone")


class TestFound:
    def test_by_serial_number_make_address_and_a_customer_who_has_another_name_now(
        self, shop: Any, office: Any, cast: Any
    ) -> None:
        boiler(shop, serial_number="SN-4711/A")
        customer_change(customer=shop.customer, by=cast.bram, name="Zonneveld Beheer")
        for text in ("4711", "intergas", "zonneveld", shop.site.city):
            assert "SN-4711/A" in shown(office, q=text), text
        assert "SN-4711/A" not in shown(office, q="daikin")


class TestPage:
    def test_it_is_added_at_a_site_and_changed_where_bad_input_is_said_at_its_field(
        self, shop: Any, office: Any, calendar: Any
    ) -> None:
        page = office.get(reverse("customers:equipment_create", args=[shop.site.pk]))
        wrong = submit(
            page,
            client=office,
            press="Save",
            kind="Warmtepomp",
            installed_on="2026-01-02",
            gone_on="2027-01-01",
        )
        assert (wrong.status_code, "This day has yet to come." in wrong.text) == (422, True)
        wrong = submit(wrong, client=office, press="Save", gone_on="2026-01-01", service_months="0")
        assert (wrong.status_code, "It went before it was installed." in wrong.text) == (422, True)
        made = submit(wrong, client=office, press="Save", gone_on="", service_months="12", remarks="Ladder")
        device = Equipment.objects.get()
        assert made.url == reverse("maintenance:equipment_detail", args=[device.pk])
        detail = office.get(made.url).text
        for words in ("Warmtepomp", "Ladder", "every 12 months", "No job was about it yet."):
            assert words in detail, words

    def test_its_jobs_and_contract_stand_on_it(self, shop: Any, office: Any, calendar: Any) -> None:
        device = boiler(shop)
        contract(shop, equipment=[device])
        order = shop.order(equipment=device)
        detail = office.get(reverse("maintenance:equipment_detail", args=[device.pk])).text
        assert order.number in detail
        assert WorkOrder.objects.get(serviced=device).number in detail
        assert "Onderhoud cv-ketel" in detail

    def test_what_is_gone_is_offered_for_no_new_work_and_left_out_of_visits(
        self, shop: Any, office: Any, cast: Any, calendar: Any
    ) -> None:
        gone, stays = boiler(shop, make="Oldtimer"), boiler(shop, make="Stayer")
        contract(shop, equipment=[gone, stays], season=AUTUMN)
        order = shop.order(equipment=gone)
        equipment_change(equipment=gone, by=cast.bram, gone_on=date(2026, 11, 16))
        new = office.get(reverse("workorders:work_order_create"), {"customer": shop.customer.pk}).text
        assert ("Oldtimer" in new, "Stayer" in new) == (False, True)
        change = office.get(reverse("workorders:work_order_change", args=[order.pk])).text
        assert "Oldtimer" in change
        page = office.get(reverse("maintenance:equipment_detail", args=[gone.pk])).text
        assert "A contract still has it" in page
        calendar.be(date(2027, 6, 1))
        visits_generate()
        assert list(WorkOrder.objects.get(serviced=stays).serviced.all()) == [stays]

    def test_the_database_keeps_codes_and_days_right(self, shop: Any) -> None:
        one, other = boiler(shop), boiler(shop)
        for wrong in (
            {"code": other.code}, {"service_months": 0}, {"installed_on": date(2026, 2, 1), "gone_on": date(2026, 1, 1)},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                Equipment.objects.filter(pk=one.pk).update(**wrong)


class TestDocuments:
    def test_a_document_is_seen_by_technicians_only_once_it_is_shared(
        self, shop: Any, office: Any, tim: Any
    ) -> None:
        device = boiler(shop)
        url = reverse("maintenance:equipment_detail", args=[device.pk])
        empty = submit(
            office.get(url),
            client=office,
            press="Add",
            file=SimpleUploadedFile("manual.pdf", b"", "application/pdf"),
        )
        assert empty.status_code == 422
        assert submit(
            office.get(url), client=office, press="Add",
            file=SimpleUploadedFile("manual.pdf", b"%PDF-1.4 manual", "application/pdf"),
        ).status_code == 302  # fmt: skip
        kept = device.files.get()
        phone = reverse("phone:equipment", args=[device.code])
        address = reverse("phone:equipment_file", args=[device.code, kept.pk])
        assert ("manual.pdf" in tim.get(phone).text, tim.get(address).status_code) == (False, 404)
        submit(office.get(url), client=office, press="Show on the phone")
        assert "manual.pdf" in tim.get(phone).text
        assert b"".join(tim.get(address).streaming_content) == b"%PDF-1.4 manual"
        submit(office.get(url), client=office, press="Remove")
        assert tim.get(address).status_code == 404
        assert "Document removed" in office.get(url).text


class TestLabel:
    def test_it_says_what_the_device_is_and_whom_to_call(self, shop: Any, office: Any, cast: Any) -> None:
        device = boiler(shop, serial_number="SN-4711")
        answer = office.get(reverse("maintenance:equipment_label_pdf", args=[device.pk]))
        assert answer["Content-Type"] == "application/pdf"
        text = pdf_text(equipment_label(device))
        for words in ("Cv-ketel Intergas HRE", "SN-4711"):
            assert words in text, words

    def test_whoever_scans_it_sees_what_is_theirs_to_see(
        self, shop: Any, office: Any, tim: Any, client: Any, settings: Any
    ) -> None:
        device = boiler(shop, serial_number="SN-4711", remarks="Key at the caretaker")
        work_done(shop, shop.order(equipment=device))
        address = reverse("phone:equipment", args=[device.code])
        stranger = client.get(address)
        assert stranger.status_code == 200
        for secret in ("SN-4711", shop.customer.name, shop.site.city, "Key at the caretaker"):
            assert secret not in stranger.text, secret
        assert f"?next={address}" in stranger.text
        in_office = office.get(address, follow=True)
        assert in_office.redirect_chain[-1][0] == reverse("maintenance:equipment_detail", args=[device.pk])
        page = tim.get(address).text
        for words in ("SN-4711", "Key at the caretaker", shop.site.city):
            assert words in page, words
        nobody = reverse("phone:equipment", args=["00000000-0000-4000-8000-000000000000"])
        assert [one.get(nobody, follow=True).status_code for one in (office, tim)] == [404, 404]

    def test_a_job_leads_to_its_devices_and_the_phone_keeps_their_pages(
        self, shop: Any, tim: Any, cast: Any, calendar: Any
    ) -> None:
        one, other = boiler(shop), boiler(shop)
        contract(shop, equipment=[one, other])
        phone = shop.phone(WorkOrder.objects.get(serviced=one))
        job = tim.get(reverse("phone:job", args=[phone.assignment.pk])).text
        held = tim.get(reverse("phone:kept_pages")).json()["daily"]
        for device in (one, other):
            address = reverse("phone:equipment", args=[device.code])
            assert address in job
            assert address in held
        assert reverse("phone:job", args=[phone.assignment.pk]) in tim.get(address).text
