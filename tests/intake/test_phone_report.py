import pytest
from django.urls import reverse

from apps.core.idempotency import key_new
from apps.intake.models import IntakePhoto, IntakeReport, MaterialEstimate
from apps.materials.models import Category, Material
from tests.intake.conftest import photo

pytestmark = pytest.mark.django_db
PARTS = {"note": "Trap is cracked", "hours": "2,5", "execution": "one", "urgency": "high", "advice": "quote"}


@pytest.fixture
def pipe(db):
    return Material.objects.create(
        code="CU22", name="Copper 22 mm", category=Category.objects.create(name="Pipe")
    )


@pytest.fixture
def tim(cast, client_as):
    cast.tim.language = "nl"
    cast.tim.save()
    return client_as(cast.tim)


def test_from_first_photo_to_handed_in(tim, planned, pipe):
    url = reverse("phone-intake:report", args=[planned.pk])
    assert tim.get(url).status_code == 200
    tim.post(f"{url}photos/add/", {"photos": [photo(), photo("b.jpg", "red")]})
    tim.post(f"{url}materials/{pipe.pk}/", {"quantity": "2,5"})
    answer = tim.post(f"{url}save/", PARTS | {"hand_in": "1"})
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
    answer = tim.post(f"{url}save/", {"note": "Half a note", "urgency": "normal", "hand_in": "1"})
    assert answer["Location"].endswith("?missing=1")
    page = tim.get(answer["Location"]).content.decode()
    assert 'href="#photos"' in page
    assert 'href="#advice"' in page
    assert 'href="#note"' not in page
    assert "Half a note" in page
    planned.refresh_from_db()
    assert planned.status == "planned"


@pytest.mark.parametrize(
    ("field", "value"), [("hours", "veel"), ("hours", "-1"), ("note", "x" * 4001), ("advice", "no")]
)
def test_bad_input_changes_nothing(tim, planned, field, value):
    url = reverse("phone-intake:report", args=[planned.pk])
    assert tim.post(f"{url}save/", PARTS | {field: value}).status_code == 422
    assert not IntakeReport.objects.exists()


def test_the_same_photos_sent_twice_are_there_once(tim, cast, planned):
    url = reverse("phone-intake:photo_add", args=[planned.pk])
    key = key_new(f"u{cast.tim.pk}")
    for _time in (1, 2):
        tim.post(url, {"photos": [photo()], "idempotency_key": key})
    assert IntakePhoto.objects.count() == 1
    kept = IntakePhoto.objects.get()
    page = reverse("phone-intake:report_photo", args=[planned.pk, kept.pk])
    assert tim.get(page)["Content-Type"] == "image/jpeg"
    tim.post(reverse("phone-intake:photo_remove", args=[planned.pk, kept.pk]))
    assert not IntakePhoto.objects.exists()


def test_no_photo_is_no_fault(tim, planned):
    assert tim.post(reverse("phone-intake:photo_add", args=[planned.pk]), {}).status_code == 302


def test_material_is_found_without_a_price(tim, planned, pipe):
    Material.objects.create(code="X", name="Secret part", category=pipe.category, visible_to_technician=False)
    url = reverse("phone-intake:materials", args=[planned.pk])
    page = tim.get(url, {"q": "copp"}).content.decode()
    assert "Copper 22 mm" in page
    assert "€" not in page
    assert "Secret part" not in tim.get(url).content.decode()
    assert tim.post(f"{url}{pipe.pk}/", {"quantity": "0"}).status_code == 422
    tim.post(f"{url}{pipe.pk}/", {"quantity": "1"})
    tim.post(f"{url}{pipe.pk}/", {"quantity": "4"})
    assert MaterialEstimate.objects.get().quantity == 4
    tim.post(f"{url}{pipe.pk}/remove/")
    assert not MaterialEstimate.objects.exists()


def test_no_access(tim, planned):
    url = reverse("phone-intake:request_miss", args=[planned.pk])
    assert tim.get(url).status_code == 200
    assert tim.post(url, {"reason": ""}).status_code == 422
    assert tim.post(url, {"reason": "Nobody home", "photos": [photo()]}).status_code == 302
    planned.refresh_from_db()
    assert planned.status == "missed"
    assert tim.post(url, {"reason": "Again"}).status_code == 409


def test_a_resent_hand_in_after_it_arrived_is_refused_kindly(tim, cast, planned):
    url = reverse("phone-intake:report", args=[planned.pk])
    tim.post(f"{url}photos/add/", {"photos": [photo()]})
    one, two = (PARTS | {"hand_in": "1", "idempotency_key": key_new(f"u{cast.tim.pk}")} for _form in range(2))
    tim.post(f"{url}save/", one)
    assert tim.post(f"{url}save/", one).status_code == 302
    assert tim.post(f"{url}save/", two).status_code == 409


@pytest.mark.parametrize("path", ["", "materials/", "no-access/"])
def test_only_whoever_is_planned_sees_the_visit(cast, client_as, client, planned, path):
    url = reverse("phone-intake:report", args=[planned.pk]) + path
    assert client_as(cast.tim).get(url).status_code == 200
    assert client_as(cast.tessa).get(url).status_code == 404
    assert client_as(cast.bram).get(url).status_code == 403
    assert client.get(url).status_code == 302


def test_the_office_reads_the_report_with_its_photos(cast, client_as, tim, planned, pipe):
    url = reverse("phone-intake:report", args=[planned.pk])
    tim.post(f"{url}photos/add/", {"photos": [photo()]})
    tim.post(f"{url}materials/{pipe.pk}/", {"quantity": "3"})
    tim.post(f"{url}save/", PARTS | {"hand_in": "1"})
    bram = client_as(cast.bram)
    page = bram.get(reverse("intake:request_detail", args=[planned.pk])).content.decode()
    for words in ("Trap is cracked", "Copper 22 mm", "Make a quote", "data-lightbox"):
        assert words in page
    kept = IntakePhoto.objects.get()
    assert bram.get(reverse("intake:report_photo", args=[planned.pk, kept.pk])).status_code == 200
    assert planned.number in bram.get("/requests/?queue=quote").content.decode()


def test_the_page_takes_few_queries(tim, planned, django_assert_max_num_queries):
    url = reverse("phone-intake:report", args=[planned.pk])
    tim.get(url)
    with django_assert_max_num_queries(20):
        tim.get(url)
