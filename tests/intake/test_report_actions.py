from decimal import Decimal

import pytest

from apps.core.refusals import Refused
from apps.documents.photos import photo_store
from apps.intake import actions
from apps.intake.actions.reports import report_missing
from apps.intake.models import IntakePhoto, MaterialEstimate
from apps.messaging.models import Notice
from tests.builders import MaterialFactory
from tests.intake.conftest import photo

pytestmark = pytest.mark.django_db
PARTS = {"note": "Trap is cracked", "hours": Decimal("2.5"), "execution": "one", "advice": "quote"}


@pytest.fixture
def pipe(db):
    return MaterialFactory(code="CU22", name="Copper 22 mm", category="Pipe")


def add_photo(request, by, key="one"):
    actions.report_photo_add(
        request=request, by=by, file=photo_store(raw=photo().read(), name="a.jpg", by=by), key=key
    )


def test_a_report_is_handed_in_when_nothing_is_missing(planned, cast):
    report = actions.report_save(request=planned, by=cast.tim, **PARTS)
    assert report_missing(report) == ["photos"]
    with pytest.raises(Refused, match="photo"):
        actions.report_hand_in(request=planned, by=cast.tim)
    add_photo(planned, cast.tim)
    actions.report_hand_in(request=planned, by=cast.tim)
    assert planned.status == "received"


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        ("note", "a short note"),
        ("hours", "your estimate of the hours"),
        ("execution", "what the work needs"),
        ("advice", "your advice to the office"),
    ],
)
def test_each_part_is_required(planned, cast, part, missing):
    empty = None if part == "hours" else ""
    actions.report_save(request=planned, by=cast.tim, **PARTS | {part: empty})
    add_photo(planned, cast.tim)
    with pytest.raises(Refused, match=f"Still missing: {missing}"):
        actions.report_hand_in(request=planned, by=cast.tim)
    planned.refresh_from_db()
    assert planned.status == "planned"


def test_whoever_wrote_the_request_down_is_told(planned, cast):
    actions.report_save(request=planned, by=cast.tim, **PARTS)
    add_photo(planned, cast.tim)
    actions.report_hand_in(request=planned, by=cast.tim)
    assert planned.number in Notice.objects.get(user=cast.bram).text


def test_a_resent_photo_is_there_once(planned, cast):
    add_photo(planned, cast.tim)
    add_photo(planned, cast.tim)
    assert IntakePhoto.objects.count() == 1


def test_a_material_is_on_the_list_once_with_its_last_quantity(planned, cast, pipe):
    for quantity in (3, 5):
        actions.estimate_set(request=planned, by=cast.tim, material=pipe, quantity=Decimal(quantity))
    assert MaterialEstimate.objects.get().quantity == 5
    actions.estimate_remove(request=planned, by=cast.tim, material=pipe)
    assert not MaterialEstimate.objects.exists()


def test_after_handing_in_nothing_can_be_written(planned, cast, pipe):
    actions.report_save(request=planned, by=cast.tim, **PARTS)
    add_photo(planned, cast.tim)
    actions.report_hand_in(request=planned, by=cast.tim)
    with pytest.raises(Refused, match="This intake report was handed"):
        actions.report_save(request=planned, by=cast.tim, note="More")
    with pytest.raises(Refused, match="This intake report was handed"):
        actions.estimate_set(request=planned, by=cast.tim, material=pipe, quantity=Decimal(1))
    with pytest.raises(Refused, match="This intake report was handed"):
        add_photo(planned, cast.tim, key="two")


def test_no_access_is_a_missed_appointment_with_a_reason(planned, cast):
    with pytest.raises(Refused, match="Give a reason"):
        actions.request_miss(request=planned, by=cast.tim, reason="")
    actions.request_miss(request=planned, by=cast.tim, reason="Nobody opened the door")
    assert planned.status == "missed"
    assert Notice.objects.filter(user=cast.bram).count() == 1
