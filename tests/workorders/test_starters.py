"""What a new installation begins with."""

import pytest

from apps.core.actors import SYSTEM
from apps.workorders.actions import starters_load
from apps.workorders.models import JobForm, JobFormField, SlaClass
from tests.builders import RequestTypeFactory

pytestmark = pytest.mark.django_db


def test_starters_are_made_once_and_a_changed_one_stays() -> None:
    leak = RequestTypeFactory(name="Leak", name_nl="Lekkage")
    starters_load(by=SYSTEM, language="en")
    fields = JobFormField.objects.count()
    assert JobForm.objects.get(request_type=leak).name == "Lekkage"
    assert fields == JobFormField.objects.filter(version__form__request_type=leak).count() > 0
    SlaClass.objects.filter(name="Emergency").update(respond_hours=1)
    starters_load(by=SYSTEM, language="en")
    assert JobFormField.objects.count() == fields
    assert SlaClass.objects.get(name="Emergency").respond_hours == 1
