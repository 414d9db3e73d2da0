"""Mails that did not arrive: they wait for somebody, who sends them again or says how they were heard of."""

from typing import Any

from django.urls import reverse

from apps.core.actors import SYSTEM
from apps.core.transitions import move
from apps.messaging import actions
from apps.messaging.models import Message
from tests.builders import CustomerFactory, RequestFactory, RequestTypeFactory
from tests.conftest import Cast
from tests.messaging.test_messages import queue
from tests.office.waiting import waiting_for
from tests.pages import submit


def failed(cast: Cast, **changes: Any) -> Message:
    message = queue(cast, **changes)
    return move(message, "fail", by=SYSTEM)


def is_waiting(cast: Cast, message: Message) -> bool:
    address = reverse("messaging:message_resend", args=[message.pk])
    return address in [one.url for one in waiting_for(cast.bram)]


def test_a_mail_that_failed_waits_until_somebody_says_how_they_heard_of_it(
    cast: Cast, client_as: Any
) -> None:
    message, office = failed(cast), client_as(cast.bram)
    assert is_waiting(cast, message)
    page = office.get(reverse("messaging:message_resend", args=[message.pk]))
    refused = submit(page, client=office, press="Settled otherwise", reason="", past_browser=True)
    assert refused.status_code == 422
    assert "This field is required." in refused.content.decode()
    submit(page, client=office, press="Settled otherwise", reason="Told by telephone")
    message.refresh_from_db()
    assert message.status == "settled"
    assert not is_waiting(cast, message)
    again = actions.message_resend(message=message, by=cast.bram)
    assert again.status == "queued"


def test_a_mail_that_failed_no_longer_waits_once_another_said_the_same(cast: Cast) -> None:
    message = failed(cast)
    for changes in ({"about": cast.ada}, {"facts": {"visit": 7}}, {"kind": "other"}):
        actions.message_sent(message=queue(cast, **changes))
    assert is_waiting(cast, message)
    actions.message_sent(message=queue(cast, to_address="other@klant.example"))
    assert not is_waiting(cast, message)


def test_a_record_offers_to_send_its_mails_again(cast: Cast, client_as: Any) -> None:
    request = RequestFactory(customer=CustomerFactory(), type=RequestTypeFactory())
    sent, on_its_way = failed(cast, about=request), queue(cast, about=request)
    page = client_as(cast.bram).get(reverse("intake:request_detail", args=[request.pk])).content.decode()
    assert reverse("messaging:message_resend", args=[sent.pk]) in page
    assert reverse("messaging:message_resend", args=[on_its_way.pk]) not in page
