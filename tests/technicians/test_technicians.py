from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Invitation, User
from apps.accounts.roles import OFFICE, TECHNICIAN
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.models import AuditEvent
from apps.technicians.actions import hours_set, technician_create
from apps.technicians.models import Skill, Technician, WorkingPattern
from tests.builders import AbsenceFactory, SkillFactory
from tests.conftest import user_make
from tests.pages import submit
from tests.statements import statements
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
GIVEN = {
    "kind": "contractor", "phone": "06 12345678", "region": "Utrecht", "street": "Kerkstraat", "house_number": "3", "postal_code": "3581RD",
    "more_skills": "Gas, Heat pumps", "may_see_agenda": True,
    "day1_from1": "08:00", "day1_until1": "12:00", "day1_from2": "13:00", "day1_until2": "17:00",
}  # fmt: skip


@pytest.fixture
def tim(cast) -> Technician:
    return Technician.objects.get(user=cast.tim)


def works_every_day(technician: Technician) -> None:
    hours_set(technician=technician, by=SYSTEM, weeks=[[(day, time(8), time(17)) for day in range(1, 8)]])


def test_the_counters_count_kinds_and_who_is_here_today(cast, client_as, tim):
    works_every_day(tim)
    tessa = Technician.objects.get(user=cast.tessa)
    works_every_day(tessa)
    start = timezone.make_aware(datetime.combine(clock.today(), time(8)))
    AbsenceFactory(technician=tessa, start=start, end=start + timedelta(hours=4))
    page = client_as(cast.bram).get("/technicians/")
    assert [one["value"] for one in page.context["page"].counters] == [2, 1, 1, 0]
    rows = client_as(cast.bram).get("/technicians/", {"today": "available"}).context["page"].rows
    assert rows == [tim]
    away = client_as(cast.bram).get("/technicians/", {"today": "away"}).context["page"].rows
    assert [str(one) for one in away] == ["Tessa", "Zeno"]


def test_an_absence_of_yesterday_takes_nobody_away(cast, tim):
    works_every_day(tim)
    start = timezone.make_aware(datetime.combine(clock.today() - timedelta(days=1), time(0)))
    AbsenceFactory(technician=tim, start=start, end=start + timedelta(days=1))
    assert list(Technician.objects.available_on(clock.today())) == [tim]


def test_filters_by_kind_skill_and_words(cast, client_as, tim):
    gas = SkillFactory()
    tim.skills.add(gas)
    client = client_as(cast.bram)

    def names(**query):
        return [str(one) for one in client.get("/technicians/", query).context["page"].rows]

    assert names(kind="contractor") == ["Zeno"]
    assert names(skill=str(gas.pk)) == ["Tim"]
    assert names(q="tess") == ["Tessa"]


def test_someone_new_is_invited_and_can_be_planned_at_once(cast, client_as):
    monday_only = {f"day{day}_{part}1": "" for day in range(2, 6) for part in ("from", "until")}
    given = GIVEN | monday_only | {"name": "Nils", "email": "Nils@X.example", "may_add_extra_work": False}
    answer = submit("/technicians/create/", client=client_as(cast.bram), **given)
    assert answer.status_code == 302
    nils = Technician.objects.get(user__email="nils@x.example")
    assert nils.user.role_names == {TECHNICIAN}
    assert not nils.user.has_usable_password()
    assert Invitation.objects.get().user == nils.user
    assert {skill.name for skill in nils.skills.all()} == {"Gas", "Heat pumps"}
    assert not nils.may_add_extra_work
    assert list(nils.works.order_by("starts").values_list("weekday", "starts", "ends")) == [
        (1, time(8), time(12)), (1, time(13), time(17)),
    ]  # fmt: skip


def test_an_existing_user_keeps_their_other_roles(cast, client_as):
    answer = submit("/technicians/create/", client=client_as(cast.bram), **GIVEN, user=cast.petra)
    assert answer.status_code == 302
    assert User.objects.get(pk=cast.petra.pk).role_names == {OFFICE, TECHNICIAN}
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "name"),
        ({"name": "N", "email": "tim@watertight.example"}, "email"),
        ({"name": "N", "email": "n@x.example", "postal_code": "95"}, "postal_code"),
        ({"name": "N", "email": "n@x.example", "street": ""}, "street"),
        ({"name": "N", "email": "n@x.example", "more_skills": "x" * 61}, "more_skills"),
    ],
)
def test_a_bad_form_stands_at_its_field_and_makes_nobody(cast, client_as, given, field):
    answer = submit("/technicians/create/", client=client_as(cast.bram), past_browser=True, **GIVEN | given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert (Technician.objects.count(), Invitation.objects.count(), Skill.objects.count()) == (3, 0, 0)


def test_a_kind_that_is_not_offered_makes_nobody(cast, client_as):
    given = {"name": "N", "email": "n@x.example", "kind": "robot"}
    answer = submit_tampered("/technicians/create/", given, client=client_as(cast.bram))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"kind"}
    assert (Technician.objects.count(), Invitation.objects.count(), Skill.objects.count()) == (3, 0, 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"day1_until1": "07:00"}, "day1_until1"),
        ({"day1_until1": ""}, "day1_until1"),
        ({"day1_from2": "11:00"}, "day1_from2"),
        ({"day2_from1": "25:00"}, "day2_from1"),
    ],
)
def test_impossible_hours_stand_at_their_field(cast, client_as, tim, given, field):
    page = f"/technicians/{tim.pk}/hours/"
    hours = {name: value for name, value in GIVEN.items() if name.startswith("day")}
    typed = {"first": clock.today().isoformat()} | hours | given
    answer = submit(page, client=client_as(cast.bram), past_browser=True, **typed)
    assert answer.status_code == 422
    assert field in answer.context["weeks"][0].errors
    assert not WorkingPattern.objects.exists()


def test_a_change_is_kept_and_audited(cast, client_as, tim):
    page = f"/technicians/{tim.pk}/change/"
    given = {name: value for name, value in GIVEN.items() if not name.startswith("day")}
    assert submit(page, client=client_as(cast.bram), **given).status_code == 302
    tim.refresh_from_db()
    assert (tim.kind, tim.region, tim.may_see_agenda) == ("contractor", "Utrecht", True)
    assert AuditEvent.objects.about(tim).filter(verb="technician.change").exists()


def test_out_of_service_and_back(cast, client_as, tim):
    client = client_as(cast.bram)
    page = f"/technicians/{tim.pk}/deactivate/"
    assert submit(page, client=client, past_browser=True).status_code == 422
    assert submit(page, client=client, reason="injured").status_code == 302
    assert tim not in Technician.objects.active()
    submit(f"/technicians/{tim.pk}/", client=client, form=f"/technicians/{tim.pk}/activate/")
    assert tim in Technician.objects.active()


def test_a_technician_manages_nobody(cast, client_as, tim):
    for address in (
        "/technicians/",
        f"/technicians/{tim.pk}/",
        f"/technicians/{tim.pk}/change/",
        "/technicians/create/",
    ):
        assert client_as(cast.tim).get(address).status_code == 403
    assert client_as(cast.bram).get("/technicians/999999/").status_code == 404


def test_the_list_asks_the_same_however_many(cast, client_as):
    client = client_as(cast.bram)
    few = statements(client, "/technicians/")
    for number in range(15):
        technician_create(by=SYSTEM, user=user_make(f"T{number}", TECHNICIAN))
    assert statements(client, "/technicians/") == few


def test_no_amount_stands_on_the_page_itself(cast, client_as, tim):
    page = client_as(cast.bram).get(f"/technicians/{tim.pk}/")
    assert page.status_code == 200
    assert f"/pricing/technicians/{tim.pk}/" in page.content.decode()
    assert "€" not in page.content.decode()
