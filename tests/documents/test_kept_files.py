"""A refusal costs nobody a photo: it is there when the form is sent again, and gone after a day."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.company.models import Company
from apps.core import clock
from apps.documents import jobs, kept
from apps.documents.models import PendingUpload
from apps.field.models import Deviation, FieldEvent, VisitPhoto
from apps.intake.models import Request, RequestPhoto
from apps.workorders.models import WorkOrderFile
from tests.builders import RequestTypeFactory
from tests.conftest import Cast
from tests.field.conftest import customer as customer
from tests.field.conftest import form as form
from tests.field.conftest import jpeg
from tests.field.conftest import order as order
from tests.field.conftest import order_make as order_make
from tests.field.conftest import phone as phone
from tests.field.conftest import site as site
from tests.pages import Page, post_by_hand, submit, upload

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


def photo(name: str = "door.jpg", colour: str = "teal") -> Any:
    return upload(name, jpeg(colour), "image/jpeg")


@pytest.fixture
def tim(cast: Cast, client_as: ClientAs) -> Client:
    return client_as(cast.tim)


@pytest.fixture
def bram(cast: Cast, client_as: ClientAs) -> Client:
    return client_as(cast.bram)


def tokens(page: Any) -> list[str]:
    return re.findall(r'name="[\w-]+-kept(?:-one)?" value="([\w-]+)"', page.content.decode())


def refused(answer: Any, names: int = 1) -> Any:
    assert answer.status_code == 422
    assert "Already received" in answer.content.decode()
    assert len(tokens(answer)) == names
    return answer


def test_an_unreadable_number_beside_a_photo_costs_neither(tim, phone, form) -> None:
    phone.begin()
    url = reverse("phone:checklist", args=[phone.assignment.pk])
    names = {one.label: f"question_{one.pk}" for one in form.fields.all()}
    answer = refused(
        submit(
            url, client=tim,
            **{names["Pressure"]: "about two", names["Type plate"]: photo(), names["Remarks"]: "Rust below"},
        )
    )  # fmt: skip
    assert submit(answer, client=tim, **{names["Pressure"]: "2"}).status_code == 302
    answers = {one.field.label: one for one in phone.visit.answers.select_related("field", "file")}
    assert answers["Type plate"].file.is_image
    assert (answers["Pressure"].value, answers["Remarks"].value) == ("2", "Rust below")
    assert not PendingUpload.objects.exists()


def test_the_photo_of_an_issue_without_a_word_stays(tim, phone) -> None:
    phone.begin()
    url = reverse("phone:issue", args=[phone.assignment.pk])
    answer = refused(submit(url, client=tim, photos=photo(), past_browser=True))
    assert submit(answer, client=tim, text="It leaks").status_code == 302
    assert Deviation.objects.get().text == "It leaks"
    assert FieldEvent.objects.get(kind="deviation").file.is_image


def test_the_photo_of_the_door_stays_and_another_one_replaces_it(tim, phone) -> None:
    url = reverse("phone:no_access", args=[phone.assignment.pk])
    answer = refused(submit(url, client=tim, photos=photo(), past_browser=True))
    assert "required" not in str(
        Page.fetched(answer, tim).find(form="step", press="", typed=[])[0].of_name("photos")[0].element.attrib
    )
    answer = refused(submit(answer, client=tim, photos=photo("other.jpg", "red"), past_browser=True))
    assert "other.jpg" in answer.content.decode()
    assert "door.jpg" not in answer.content.decode()
    assert submit(answer, client=tim, reason="Nobody opened").status_code == 302
    assert FieldEvent.objects.get(kind="no_access").file.name == "other.jpg"


def test_of_several_photos_the_good_ones_stay(tim, phone) -> None:
    url = reverse("phone:before_photo", args=[phone.assignment.pk])
    bad = upload("notes.jpg", b"no photo at all", "image/jpeg")
    answer = refused(submit(url, client=tim, photos=[photo(), bad, photo("b.jpg", "red")]), names=2)
    assert "Choose notes.jpg again; it was not kept." in answer.content.decode()
    assert "Already taken" not in answer.content.decode()
    assert submit(answer, client=tim).status_code == 302
    assert VisitPhoto.objects.count() == 2


def test_what_is_sent_again_with_a_kept_photo_is_answered_as_the_first_time(tim, phone) -> None:
    """Back and send, or an answer that was lost on the way. The kept file is gone by then."""
    phone.begin()
    url = reverse("phone:issue", args=[phone.assignment.pk])
    answer = refused(submit(url, client=tim, photos=photo(), past_browser=True))
    for _time in range(2):
        assert submit(answer, client=tim, text="It leaks").status_code == 302
    assert Deviation.objects.count() == 1
    assert "already done" in tim.get(reverse("phone:job", args=[phone.assignment.pk])).content.decode()


def test_what_is_sent_again_with_another_choice_of_kept_photos_is_another_act(tim, phone) -> None:
    url = reverse("phone:before_photo", args=[phone.assignment.pk])
    bad = upload("notes.jpg", b"no photo at all", "image/jpeg")
    answer = refused(submit(url, client=tim, photos=[photo(), bad]))
    for more in ([], [photo("b.jpg", "red")]):
        assert submit(answer, client=tim, photos=more).status_code == 302
    assert [one.file.name for one in VisitPhoto.objects.order_by("pk")] == ["door.jpg", "b.jpg"]


def test_one_that_is_unticked_is_left_out(tim, phone) -> None:
    url = reverse("phone:before_photo", args=[phone.assignment.pk])
    bad = upload("notes.jpg", b"no photo at all", "image/jpeg")
    answer = refused(submit(url, client=tim, photos=[photo(), photo("b.jpg", "red"), bad]), names=2)
    submit(answer, client=tim, **{"photos-kept": [tokens(answer)[1]]})
    assert VisitPhoto.objects.get().file.name == "b.jpg"


@pytest.mark.parametrize("press", ["Save the request", "search"])
def test_photos_of_a_new_request_stay(bram, press) -> None:
    """Also when the same page comes back to look for the customer."""
    kind = RequestTypeFactory(name="Leak", minutes=60)
    page = bram.get(reverse("intake:request_create"))
    given = {"photos": [photo()], "description": ""}
    answer = submit(page, client=bram, form="request-form", past_browser=True, press=press, **given)
    assert answer.status_code == (200 if press == "search" else 422)
    assert len(tokens(answer)) == 1
    made = submit(
        answer, client=bram, form="request-form", press="Save the request", type=str(kind.pk), description="Water",
        name="Anna", email="anna@example.com", street="Havenstraat", house_number="1", postal_code="4811 AB", city="Breda",
    )  # fmt: skip
    assert made.status_code == 302, made.content.decode()
    assert Request.objects.get().photos.count() == RequestPhoto.objects.count() == 1


def test_the_logo_stays(cast, client_as) -> None:
    olga = client_as(cast.ada)
    url = reverse("company:company_change")
    answer = refused(submit(url, client=olga, logo_file=photo("logo.jpg"), past_browser=True))
    typed = {"name": "De Waterwerkers", "street": "Havenstraat", "house_number": "12", "postal_code": "4811 AB",
             "city": "Breda", "kvk_number": "12345678", "iban": "NL91ABNA0417164300",
             "email": "kantoor@waterwerkers.example", "payment_term_days": "14", "quote_valid_days": "30"}  # fmt: skip
    saved = submit(answer, client=olga, past_browser=True, **typed)
    assert saved.status_code == 302, saved.context["form"].errors
    assert Company.objects.get().logo.is_image


def test_an_empty_document_is_named_and_not_kept(bram, order) -> None:
    url = reverse("workorders:work_order_detail", args=[order.pk])
    answer = submit(url, client=bram, file=upload("empty.pdf", b"", "application/pdf"))
    assert answer.status_code == 422
    assert tokens(answer) == []
    assert "Choose empty.pdf again; it was not kept." in answer.content.decode()
    assert not WorkOrderFile.objects.exists()


# -- whose they are ----------------------------------------------------------------------


@pytest.fixture
def waiting(tim, phone) -> str:
    phone.begin()
    url = reverse("phone:issue", args=[phone.assignment.pk])
    (token,) = tokens(refused(submit(url, client=tim, photos=photo(), past_browser=True)))
    return token


def test_the_picture_is_shown_to_its_sender_alone(waiting, tim, bram, client) -> None:
    picture = tim.get(f"/kept/{waiting}/")
    assert picture["Content-Type"] == "image/jpeg"
    assert "no-store" in picture["Cache-Control"]
    for other in (bram, client):
        assert other.get(f"/kept/{waiting}/").status_code == 404


def test_it_cannot_be_sent_by_another_or_elsewhere(waiting, cast, client_as, tim, phone) -> None:
    url = reverse("phone:no_access", args=[phone.assignment.pk])
    answer = post_by_hand(tim, url, {"reason": "Nobody", "photos-kept-one": waiting})
    assert answer.status_code == 422
    assert not FieldEvent.objects.filter(kind="no_access").exists()


def test_made_up_ids_are_no_files(tim, phone) -> None:
    url = reverse("phone:before_photo", args=[phone.assignment.pk])
    for made_up in ("x", "7d3c1c8e-0d5c-4b7a-9c54-2f3c1f0a9d11", "\x00", "²"):
        assert post_by_hand(tim, url, {"photos-kept": made_up}).status_code == 422


def test_after_a_day_it_is_gone_from_the_table_and_the_disk(waiting, tim) -> None:
    path = Path(settings.MEDIA_ROOT) / "pending" / waiting
    assert path.exists()
    jobs.kept_files_forget(0)
    assert path.exists()
    with time_machine.travel(clock.now() + kept.KEPT_FOR + timedelta(minutes=1)):
        jobs.kept_files_forget(0)
    assert not path.exists()
    assert not PendingUpload.objects.exists()


def test_a_file_whose_row_was_never_committed_is_swept_too(cast) -> None:
    from django.core.files.base import ContentFile

    default_storage.save("pending/left", ContentFile(b"x"))
    with time_machine.travel(clock.now() + 2 * kept.KEPT_FOR):
        jobs.kept_files_forget(0)
    assert not default_storage.exists("pending/left")


def test_the_photo_of_a_form_sent_after_the_sessions_end_stays(tim, cast, client_as, phone) -> None:
    phone.begin()
    url = reverse("phone:issue", args=[phone.assignment.pk])
    page = tim.get(url)
    tim.session.flush()
    assert "/account/login/" in submit(page, client=tim, text="It leaks", photos=photo())["Location"]
    held = tim.session["returned_form"]
    again = client_as(cast.tim)
    session = again.session
    session["returned_form"] = held
    session.save()
    shown = again.get(url)
    assert "Your session had ended" in shown.content.decode()
    assert submit(shown, client=again).status_code == 302
    assert FieldEvent.objects.get(kind="deviation").file.is_image
