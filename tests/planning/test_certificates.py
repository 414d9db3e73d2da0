"""Certificates: a skill lasts as long as the one that gives it, and the office hears in time that it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from apps.planning.actions import OddBooking, assignment_place
from apps.tasks.rules import IN_TIME, LATE, URGENT, Task
from apps.technicians.actions import (
    certificate_add,
    certificate_kind_change,
    certificate_kind_create,
    certificate_remove,
    certificate_renew,
    technician_change,
)
from apps.technicians.models import Certificate, CertificateKind
from tests.builders import CompanyFactory, SkillFactory
from tests.office import waiting
from tests.pages import submit
from tests.planning.conftest import MONDAY, NOW, World, at

pytestmark = pytest.mark.django_db
WEEK = "/planning/week/?week=2026-W47"
TODAY = NOW.date()
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def gas(world: World) -> CertificateKind:
    """Gives the skill that the orders here ask for."""
    return certificate_kind_create(by=world.cast.bram, name="Gas certificate", skill=SkillFactory(name="Gas"))


def held(
    world: World, kind: CertificateKind, expires_on: date = TUESDAY, technician: Any = None
) -> Certificate:
    return certificate_add(
        technician=technician or world.tim, kind=kind, by=world.cast.bram, number="G-1",
        issued_on=date(2023, 11, 17), expires_on=expires_on,
    )  # fmt: skip


def renewed(world: World, certificate: Certificate, expires_on: date = date(2029, 11, 1)) -> Certificate:
    return certificate_renew(
        certificate=certificate, by=world.cast.bram, number="G-2", issued_on=TODAY, expires_on=expires_on
    )


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        yield
    assert refused.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def hints(web: Any, world: World, order: Any) -> list[str]:
    board = web.get(f"{WEEK}&job=w{order.pk}").context["board"]
    cells = next(one.cells for one in board.rows if one.person.pk == world.tim.pk)
    return [cell.hint for cell in cells][:5]


def tasks_of(user: User) -> list[Task]:
    return [one for one in waiting.waiting_for(user) if one.key.startswith("certificate-")]


class TestTheSkill:
    def test_it_comes_with_the_certificate(self, world: World, gas: CertificateKind) -> None:
        held(world, gas)
        assert list(world.tim.skills.all()) == [gas.skill]

    def test_it_comes_to_who_holds_one_once_the_kind_gives_it(self, world: World) -> None:
        kind = certificate_kind_create(by=world.cast.bram, name="Cooling")
        held(world, kind)
        skill = SkillFactory(name="Cold")
        certificate_kind_change(kind=kind, by=world.cast.bram, skill=skill)
        assert list(world.tim.skills.all()) == [skill]

    def test_on_the_day_after_nothing_fits_and_the_day_says_why(
        self, world: World, web: Any, gas: CertificateKind
    ) -> None:
        first = held(world, gas)
        order = world.order(skill=gas.skill, sold_hours=2)
        over = "Gas certificate expired on 17 Nov"
        assert hints(web, world, order) == ["", "", over, over, over]
        renewed(world, first)
        assert hints(web, world, order) == [""] * 5

    def test_another_kind_that_gives_it_for_longer_is_enough(
        self, world: World, web: Any, gas: CertificateKind
    ) -> None:
        held(world, gas)
        more = certificate_kind_create(by=world.cast.bram, name="Gas, all of it", skill=gas.skill)
        held(world, more, MONDAY + timedelta(days=3))
        hint = hints(web, world, world.order(skill=gas.skill, sold_hours=2))
        assert hint == ["", "", "", "", "Gas, all of it expired on 19 Nov"]

    def test_a_kind_out_of_use_asks_nothing(self, world: World, web: Any, gas: CertificateKind) -> None:
        held(world, gas)
        certificate_kind_change(kind=gas, by=world.cast.bram, active=False)
        assert hints(web, world, world.order(skill=gas.skill, sold_hours=2)) == [""] * 5

    def test_a_booking_after_it_asks_for_a_reason_as_for_a_missing_skill(
        self, world: World, gas: CertificateKind
    ) -> None:
        held(world, gas)

        def book(day: int, **more: Any) -> Any:
            order = world.order(skill=gas.skill)
            return assignment_place(
                technician=world.tim, work_order=order, by=world.cast.petra,
                start=at(9, day=day), end=at(11, day=day), **more,
            )  # fmt: skip

        book(1, accepted=[])
        with pytest.raises(OddBooking) as refused:
            book(2, accepted=[])
        assert refused.value.warnings == ["missing_skill"]
        book(2, accepted=["missing_skill"], reason="He renews it today")

    def test_the_review_of_the_day_tells_it_and_quick_plan_offers_it_not(
        self, world: World, web: Any, gas: CertificateKind
    ) -> None:
        order = world.order(skill=gas.skill)
        first = held(world, gas, MONDAY + timedelta(days=60))
        assignment_place(
            technician=world.tim, work_order=order, by=world.cast.petra, start=at(9, day=2), end=at(11, day=2)
        )
        certificate_remove(certificate=first, by=world.cast.bram)
        held(world, gas)
        page = web.get("/planning/day/?day=2026-11-18")
        assert [one.code for one in page.context["oddities"]] == ["missing_skill"]
        offers = web.get(f"/planning/quick/?job=w{world.order(skill=gas.skill).pk}").context["offers"]
        assert {one.start.date() for one in offers} <= {TODAY, MONDAY, TUESDAY}


class TestTheTask:
    @pytest.mark.parametrize(
        ("days", "rank", "status"),
        [(61, None, ""), (60, IN_TIME, "Certificate expires"), (-1, LATE, "Certificate expired")],
    )
    def test_it_comes_so_long_before(
        self, world: World, gas: CertificateKind, days: int, rank: int | None, status: str
    ) -> None:
        held(world, gas, TODAY + timedelta(days=days))
        found = [(one.rank, one.status, one.action) for one in tasks_of(world.cast.bram)]
        assert found == ([] if rank is None else [(rank, status, "Renew")])

    def test_how_long_is_the_company_s_choice(
        self, world: World, gas: CertificateKind, client_as: Any
    ) -> None:
        held(world, gas, TODAY + timedelta(days=80))
        assert not tasks_of(world.cast.bram)
        CompanyFactory()
        submit("/settings/company/", client=client_as(world.cast.ada), press="Save", certificate_days="90")
        assert tasks_of(world.cast.bram)

    def test_a_visit_after_it_makes_it_urgent_and_stands_on_the_technicians_page(
        self, world: World, gas: CertificateKind, client_as: Any
    ) -> None:
        first = held(world, gas, TODAY + timedelta(days=90))
        order = world.order(skill=gas.skill)
        day = 98
        assignment_place(
            technician=world.tim, work_order=order, by=world.cast.petra, reason="Renewed by then",
            start=at(9, day=day), end=at(11, day=day),
        )  # fmt: skip
        (task,) = tasks_of(world.cast.bram)
        said = "Gas certificate until Thu 11 Feb 2027: 1 visit that needs it is planned after that day."
        assert (task.rank, task.about.replace("\u202f", " ").replace("\xa0", " ")) == (URGENT, said)
        assert task.url == reverse("technicians:certificate_renew", args=[first.pk])
        page = client_as(world.cast.bram).get(f"/technicians/{world.tim.pk}/").content.decode()
        assert said in page.replace("\u202f", " ").replace("\xa0", " ")
        submit(
            task.url, client=client_as(world.cast.bram), press="Renew",
            issued_on=TODAY.isoformat(), expires_on="2029-11-13",
        )  # fmt: skip
        assert tasks_of(world.cast.bram) == []

    def test_nobody_renews_it_for_who_leaves_before(self, world: World, gas: CertificateKind) -> None:
        held(world, gas, TODAY + timedelta(days=20))
        technician_change(technician=world.tim, by=world.cast.bram, last_day=TODAY + timedelta(days=10))
        assert tasks_of(world.cast.bram) == []


class TestTheLine:
    def test_a_renewal_keeps_the_old_one(self, world: World, gas: CertificateKind, client_as: Any) -> None:
        first = held(world, gas)
        last = renewed(world, first)
        assert list(world.tim.certificates.current()) == [last]
        page = client_as(world.cast.bram).get(f"/technicians/{world.tim.pk}/").content.decode()
        assert "G-1" in page
        assert "G-2" in page

    def test_what_was_noted_by_mistake_is_taken_back_and_the_one_before_counts(
        self, world: World, gas: CertificateKind
    ) -> None:
        first = held(world, gas)
        certificate_remove(certificate=renewed(world, first), by=world.cast.bram)
        assert list(world.tim.certificates.current()) == [first]
        verbs = {one.verb for one in AuditEvent.objects.about(world.tim)}
        assert {f"technician.certificate_{verb}" for verb in ("add", "renew", "remove")} <= verbs

    def test_there_is_one_of_each_kind_and_each_is_renewed_once(
        self, world: World, gas: CertificateKind
    ) -> None:
        first = held(world, gas)
        with pytest.raises(Refused, match="renew it"):
            held(world, gas)
        renewed(world, first)
        with pytest.raises(Refused, match="renewed already"):
            renewed(world, first)
        with pytest.raises(Refused, match="renewed already"):
            certificate_remove(certificate=first, by=world.cast.bram)

    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"expires_on": date(2023, 1, 1)}, "certificate_expires_after_issue"),
            ({"expires_on": date(2030, 1, 1)}, "one_line_of_certificates"),
            ({"expires_on": TUESDAY, "renews": True}, "certificate_renewal_goes_on"),
            ({"expires_on": date(2030, 1, 1), "renews": True, "tessa": True}, "certificate_renewal_goes_on"),
        ],
    )
    def test_postgres_refuses_what_is_no_line(
        self, world: World, gas: CertificateKind, fields: dict[str, Any], constraint: str
    ) -> None:
        first = held(world, gas)
        fields |= {"renews": first if fields.get("renews") else None}
        technician = world.tessa if fields.pop("tessa", False) else world.tim
        with refused_by(constraint):
            Certificate.objects.create(
                technician=technician, kind=gas, issued_on=date(2023, 11, 17), **fields
            )

    def test_a_certificate_never_changes(self, world: World, gas: CertificateKind) -> None:
        held(world, gas)
        with refused_by("certificate_stays_as_issued"):
            Certificate.objects.update(expires_on=date(2040, 1, 1))


class TestThePages:
    @pytest.fixture
    def office(self, world: World, client_as: Any) -> Iterator[Any]:
        return client_as(world.cast.bram)

    def test_a_kind_and_a_certificate_with_its_document_are_noted(self, world: World, office: Any) -> None:
        skill = SkillFactory(name="Gas")
        submit(
            "/technicians/certificate-kinds/create/",
            client=office,
            press="Save",
            name="Gas",
            skill=str(skill.pk),
        )
        kind = CertificateKind.objects.get()
        document = SimpleUploadedFile("gas.pdf", b"%PDF-1.4", content_type="application/pdf")
        answer = submit(
            f"/technicians/{world.tim.pk}/certificates/add/", client=office, press="Save", kind=str(kind.pk),
            number="G-1", issued_on="2026-01-01", expires_on="2029-01-01", document=document,
        )  # fmt: skip
        assert answer.status_code == 302
        found = Certificate.objects.get()
        assert (found.number, found.file.name) == ("G-1", "gas.pdf")
        assert b"".join(office.get(f"/technicians/certificates/{found.pk}/")) == b"%PDF-1.4"

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"issued_on": "2026-11-14", "expires_on": "2029-01-01"}, "issued_on"),
            ({"issued_on": "2026-11-13", "expires_on": "2026-11-13"}, "expires_on"),
            ({"issued_on": "2026-11-13", "expires_on": "2026-11-17"}, "expires_on"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(
        self, world: World, office: Any, gas: CertificateKind, typed: dict[str, str], field: str
    ) -> None:
        first = held(world, gas)
        answer = submit(f"/technicians/certificates/{first.pk}/renew/", client=office, press="Renew", **typed)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]

    def test_their_own_stand_on_the_phone_and_nobody_else_s(
        self, world: World, gas: CertificateKind, client_as: Any
    ) -> None:
        document = SimpleUploadedFile("gas.pdf", b"%PDF-1.4", content_type="application/pdf")
        found = certificate_add(
            technician=world.tim, kind=gas, by=world.cast.bram, document=document, number="G-1",
            issued_on=date(2023, 11, 17), expires_on=TUESDAY,
        )  # fmt: skip
        address = reverse("phone:certificate_file", args=[found.pk])
        assert address in client_as(world.cast.tim).get("/phone/me/").content.decode()
        assert client_as(world.cast.tim).get(address).status_code == 200
        assert "G-1" not in client_as(world.cast.tessa).get("/phone/me/").content.decode()
        assert client_as(world.cast.tessa).get(address).status_code == 404
