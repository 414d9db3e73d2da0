from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.intake.actions import estimate_set, report_photo_add
from apps.intake.models import IntakePhoto, IntakeReport, MaterialEstimate
from tests.builders import MaterialFactory, photo_stored
from tests.intake.conftest import photo
from tests.pages import post_by_hand, submit
from tests.statements import statements

pytestmark = pytest.mark.django_db
PARTS = {"note": "Trap is cracked", "hours": "2,5", "execution": "one", "urgency": "high", "advice": "quote"}


@pytest.fixture
def pipe(db):
    return MaterialFactory(code="CU22", name="Copper 22 mm", category="Pipe")


@pytest.fixture
def tim(cast, client_as):
    cast.tim.language = "nl"
    cast.tim.save()
    return client_as(cast.tim)


def test_from_first_photo_to_handed_in(tim, planned, pipe):
    url = reverse("phone-intake:report", args=[planned.pk])
    assert tim.get(url).status_code == 200
    submit(url, client=tim, form=f"{url}photos/add/", photos=[photo(), photo("b.jpg", "red")])
    submit(f"{url}materials/", client=tim, form=f"{url}materials/{pipe.pk}/", quantity="2,5")
    answer = submit(url, client=tim, press="hand_in", **PARTS)
    assert answer["Location"] == url
    planned.refresh_from_db()
    report = planned.report
    assert planned.status == "received"
    assert (report.hours, report.urgency, report.technician.user) == (2.5, "high", planned.technician.user)
    assert report.photos.count() == 2
    assert report.materials.get().quantity == 2.5
    assert "Trap is cracked" in tim.get(url).content.decode()


def test_what_is_missing_is_listed_and_what_was_written_is_kept(tim, planned):
    url = reverse("phone-intake:report", args=[planned.pk])
    answer = submit(url, client=tim, press="hand_in", note="Half a note", urgency="normal")
    assert answer["Location"].endswith("?missing=1")
    page = tim.get(answer["Location"]).content.decode()
    assert 'href="#photos"' in page
    assert 'href="#advice"' in page
    assert 'href="#note"' not in page
    assert "Half a note" in page
    planned.refresh_from_db()
    assert planned.status == "planned"


@pytest.mark.parametrize(("field", "value"), [("hours", "veel"), ("hours", "-1"), ("note", "x" * 4001)])
def test_bad_input_changes_nothing(tim, planned, field, value):
    url = reverse("phone-intake:report", args=[planned.pk])
    answer = submit(url, client=tim, form="report-form", past_browser=True, **PARTS | {field: value})
    assert answer.status_code == 422
    assert not IntakeReport.objects.exists()


def test_a_made_up_choice_changes_nothing(tim, planned):
    url = reverse("phone-intake:report_save", args=[planned.pk])
    assert post_by_hand(tim, url, PARTS | {"advice": "no"}).status_code == 422
    assert not IntakeReport.objects.exists()


def test_the_same_photos_sent_twice_are_there_once(tim, planned):
    report = tim.get(reverse("phone-intake:report", args=[planned.pk]))
    add = reverse("phone-intake:photo_add", args=[planned.pk])
    for _time in (1, 2):
        submit(report, client=tim, form=add, photos=photo())
    assert IntakePhoto.objects.count() == 1
    kept = IntakePhoto.objects.get()
    page = reverse("phone-intake:report_photo", args=[planned.pk, kept.pk])
    assert tim.get(page)["Content-Type"] == "image/jpeg"
    remove = reverse("phone-intake:photo_remove", args=[planned.pk, kept.pk])
    submit(reverse("phone-intake:report", args=[planned.pk]), client=tim, form=remove)
    assert not IntakePhoto.objects.exists()


def test_no_photo_is_no_fault(tim, planned):
    report, add = (reverse(f"phone-intake:{name}", args=[planned.pk]) for name in ("report", "photo_add"))
    assert submit(report, client=tim, form=add).status_code == 302


def test_material_is_found_without_a_price(tim, planned, pipe):
    MaterialFactory(name="Secret part", category="Pipe", visible_to_technician=False)
    url = reverse("phone-intake:materials", args=[planned.pk])
    page = tim.get(url, {"q": "copp"}).content.decode()
    assert "Copper 22 mm" in page
    assert "€" not in page
    assert "Secret part" not in tim.get(url).content.decode()
    one = {"client": tim, "form": f"{url}{pipe.pk}/"}
    assert submit(url, quantity="0", **one).status_code == 422
    submit(url, quantity="1", **one)
    submit(url, quantity="4", **one)
    assert MaterialEstimate.objects.get().quantity == 4
    submit(url, client=tim, form=f"{url}{pipe.pk}/remove/")
    assert not MaterialEstimate.objects.exists()


def test_no_access(tim, planned):
    url = reverse("phone-intake:request_miss", args=[planned.pk])
    assert submit(url, client=tim, form="no-access", past_browser=True, reason="").status_code == 422
    assert submit(url, client=tim, reason="Nobody home", photos=photo()).status_code == 302
    planned.refresh_from_db()
    assert planned.status == "missed"
    assert post_by_hand(tim, url, {"reason": "Again"}).status_code == 409


def test_a_resent_hand_in_after_it_arrived_is_refused_kindly(tim, planned):
    url = reverse("phone-intake:report", args=[planned.pk])
    submit(url, client=tim, form=f"{url}photos/add/", photos=photo())
    one, two = (tim.get(url) for _tab in range(2))
    submit(one, client=tim, press="hand_in", **PARTS)
    assert submit(one, client=tim, press="hand_in", **PARTS).status_code == 302
    assert submit(two, client=tim, press="hand_in", **PARTS).status_code == 409


@pytest.mark.parametrize("path", ["", "materials/", "no-access/"])
def test_only_whoever_is_planned_sees_the_visit(cast, client_as, client, planned, path):
    url = reverse("phone-intake:report", args=[planned.pk]) + path
    assert client_as(cast.tim).get(url).status_code == 200
    assert client_as(cast.tessa).get(url).status_code == 404
    assert client_as(cast.bram).get(url).status_code == 403
    assert client.get(url).status_code == 302


def test_the_office_reads_the_report_with_its_photos(cast, client_as, tim, planned, pipe):
    url = reverse("phone-intake:report", args=[planned.pk])
    submit(url, client=tim, form=f"{url}photos/add/", photos=photo())
    submit(f"{url}materials/", client=tim, form=f"{url}materials/{pipe.pk}/", quantity="3")
    submit(url, client=tim, press="hand_in", **PARTS)
    bram = client_as(cast.bram)
    page = bram.get(reverse("intake:request_detail", args=[planned.pk])).content.decode()
    for words in ("Trap is cracked", "Copper 22 mm", "Make a quote", "data-lightbox"):
        assert words in page
    kept = IntakePhoto.objects.get()
    assert bram.get(reverse("intake:report_photo", args=[planned.pk, kept.pk])).status_code == 200
    assert planned.number in bram.get("/requests/?queue=quote").content.decode()


def test_a_photo_that_the_browser_holds_is_not_sent_again(cast, client_as, tim, planned):
    url = reverse("phone-intake:report", args=[planned.pk])
    submit(url, client=tim, form=f"{url}photos/add/", photos=photo())
    kept = IntakePhoto.objects.get()
    address = reverse("phone-intake:report_photo", args=[planned.pk, kept.pk])
    first = tim.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in first
    again = tim.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = tim.get(address + "?size=small", headers={"If-None-Match": first["ETag"]})
    assert small.status_code == 200
    # Whoever may no longer see it is not told that it is still the same.
    assert client_as(cast.tessa).get(address, headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_the_page_asks_the_same_however_much_is_recorded(tim, planned, cast):
    def record():
        report_photo_add(request=planned, by=cast.tim, file=photo_stored(), key=uuid4().hex)
        material = MaterialFactory()
        estimate_set(request=planned, by=cast.tim, material=material, quantity=Decimal(1))

    url = reverse("phone-intake:report", args=[planned.pk])
    record()
    few = statements(tim, url)
    for _number in range(4):
        record()
    assert statements(tim, url) == few
