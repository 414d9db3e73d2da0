"""A job that begins on the public form, in a phone-sized browser with JavaScript and without, up to its work order."""

import pytest

from apps.intake.forms import public
from tests.browser import PHONE, page_of, telling
from tests.e2e import asking
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_request_by_the_public_form_becomes_an_accepted_quote_with_a_work_order(
    stage: Stage, browser, live_server, monkeypatch, script: bool
) -> None:
    monkeypatch.setattr(public, "MIN_SECONDS", 0)
    phone_sized = {"viewport": PHONE, "has_touch": True, "java_script_enabled": script}
    with (
        page_of(browser, live_server.url, **phone_sized) as customer,
        telling(stage.office, stage.phone),
    ):
        asking.request_by_public_form(stage, customer)
        asking.request_taken_on(stage)
        asking.intake_planned(stage)
        asking.intake_handed_in(stage)
        asking.quote_made_and_sent(stage)
        asking.quote_accepted(stage, customer, drawn=script)
