"""A browser cuts what is pasted to a field's maxlength and says nothing: a text that is too long is refused, and kept."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from apps.core.numbers import pk_read
from tests.builders import CustomerFactory, RequestTypeFactory
from tests.pages import submit

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
MAIL = "Beste mensen, de kraan lekt. " * 250


@pytest.mark.parametrize(
    "name",
    [
        "intake:request_create",
        "customers:customer_create",
        "planning:absence_add",
        "workorders:job_form_create",
    ],
)
def test_no_field_for_a_longer_text_has_a_limit_that_cuts(cast, client_as, name):
    page = client_as(cast.ada if "form" in name else cast.bram).get(reverse(name)).content.decode()
    limits = re.findall(r'maxlength="(\d+)"', page)
    assert [one for one in limits if (pk_read(one) or 0) >= 60] == []
    assert "<textarea" in page or "<input" in page, "the control"


def test_no_template_cuts_by_hand():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for match in re.finditer(r'maxlength="\d{2,}"', path.read_text())
        if path.name != "search.html"
    ]
    assert found == []


def test_a_pasted_mail_that_is_too_long_is_refused_and_stands_in_the_form(cast, client_as):
    bram, customer = client_as(cast.bram), CustomerFactory()
    kind = RequestTypeFactory()
    page = f"{reverse('intake:request_create')}?customer={customer.pk}"
    refused = submit(
        page, client=bram, press="Save the request", type=kind.pk, description=MAIL, past_browser=True
    )
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert MAIL.strip() in shown
    assert "2000 characters" in shown
