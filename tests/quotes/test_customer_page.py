"""The customer's page behind the private link."""

import base64
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw
from pypdf import PdfReader

from apps.core import clock
from apps.core.tokens import token_for
from apps.quotes import actions
from apps.quotes.models import Acceptance, QuoteLink
from apps.workorders.models import WorkOrder
from tests.pages import post_by_hand, submit

ANSWER = {"name": "A. de Wit", "total": "1319.00"}


def url(name: str, token: str) -> str:
    return reverse(f"quote:{name}", args=[token])


@pytest.fixture
def customer_client(db) -> Client:
    return Client(enforce_csrf_checks=True, headers={"Origin": "null"})


def accept(page: Any, client: Client, *, name: str = "A. de Wit", **more: Any) -> Any:
    """Press the button under the quote, also where the browser would hold it back."""
    return submit(page, client=client, press="accept", name=name, past_browser=True, **more)


def drawn() -> str:
    image = Image.new("RGBA", (300, 100))
    ImageDraw.Draw(image).line((10, 80, 150, 20, 280, 70), fill="black", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("name", ["show", "pdf"])
def test_nobody_keeps_forwards_or_finds_the_page(customer_client, token, name) -> None:
    for answer in (customer_client.get(url(name, token)), customer_client.get(url(name, "x" * 43))):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]


def test_the_page_reads_like_the_quote(customer_client, token, sent) -> None:
    page = customer_client.get(url("show", token)).content.decode()
    for words in (
        "New boiler",
        "Boiler",
        "Insulation",
        "Thermostat",
        "€1,319.00",
        sent.number,
        "Payment within 14 days.",
    ):
        assert words in page
    assert "600" not in page


def test_the_first_opening_is_kept_but_not_a_colleagues(
    customer_client, token, link, client_as, cast
) -> None:
    client_as(cast.bram).get(url("show", token))
    link.refresh_from_db()
    assert link.first_opened_at is None
    customer_client.get(url("show", token))
    link.refresh_from_db()
    first = link.first_opened_at
    assert first is not None
    customer_client.get(url("show", token))
    link.refresh_from_db()
    assert link.first_opened_at == first


@pytest.mark.parametrize("name", ["show", "pdf", "logo", "signature", "totals", "accept", "decline"])
def test_a_wrong_token_opens_nothing(customer_client, sent, name) -> None:
    address = url(name, "A" * 43)
    posts = name in ("totals", "accept", "decline")
    answer = post_by_hand(customer_client, address) if posts else customer_client.get(address)
    assert answer.status_code == 404
    assert sent.number not in answer.content.decode()


def test_a_revoked_or_ended_link_opens_nothing(customer_client, token, link, cast) -> None:
    with clock.at(clock.now() + timedelta(days=200)):
        assert customer_client.get(url("show", token)).status_code == 410
    actions.link_revoke(link=link, by=cast.bram)
    answer = customer_client.get(url("show", token))
    assert answer.status_code == 410
    assert "New boiler" not in answer.content.decode()
    assert post_by_hand(customer_client, url("accept", token), ANSWER).status_code == 410
    assert not WorkOrder.objects.exists()


def test_only_the_hash_of_the_token_is_stored(token, link) -> None:
    row = QuoteLink.objects.values().get()
    assert token not in str(row)
    assert len(base64.urlsafe_b64decode(token + "=")) * 8 >= 128


def test_totals_follow_the_options(customer_client, token, option) -> None:
    totals = {"form": url("totals", token), "option": option, "name": "A. de Wit"}
    answer = submit(url("show", token), client=customer_client, **totals)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "€1,561.00" in page
    assert 'value="A. de Wit"' in page
    assert not Acceptance.objects.exists()


def test_accepting_with_the_typed_name(customer_client, token, sent) -> None:
    answer = accept(url("show", token), customer_client)
    assert answer.url == url("show", token)
    page = customer_client.get(answer.url).content.decode()
    assert "A. de Wit accepted this quote" in page
    acceptance = Acceptance.objects.get()
    assert (acceptance.total, acceptance.signature, acceptance.address) == (Decimal(1319), None, "127.0.0.1")


def test_accepting_with_a_drawn_signature(customer_client, token, option) -> None:
    page = submit(url("show", token), client=customer_client, form=url("totals", token), option=option)
    assert accept(page, customer_client, by_script={"signature": drawn()}).status_code == 302
    acceptance = Acceptance.objects.get()
    assert acceptance.shown["signature"] == acceptance.signature.sha256
    assert customer_client.get(url("signature", token))["Content-Type"] == "image/png"


def test_another_total_than_was_shown_is_shown_first(customer_client, token, option) -> None:
    """Without script the customer may tick an option and accept at once; then the total was never shown."""
    answer = accept(url("show", token), customer_client, option=option)
    assert answer.status_code == 422
    assert "€1,561.00" in answer.content.decode()
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "x" * 121}, {"by_script": {"signature": "data:text/html,x"}}]
)
def test_a_bad_answer_is_shown_at_its_field(customer_client, token, data) -> None:
    answer = accept(url("show", token), customer_client, **data)
    assert answer.status_code == 422
    assert not Acceptance.objects.exists()


def test_a_second_phone_sees_the_first_ones_answer(customer_client, token, sent, cast) -> None:
    other = actions.quote_resend(quote=sent, by=cast.bram, to_address="partner@mail.example")
    second = customer_client.get(url("show", token_for("quote", other.nonce)))
    accept(url("show", token), customer_client, name="First")
    answer = accept(second, customer_client, name="Second")
    assert answer.status_code == 409
    assert "First accepted this quote" in answer.content.decode()
    assert "already accepted" in answer.content.decode()
    assert Acceptance.objects.get().name == "First"


def test_the_same_button_pressed_twice_gives_the_first_answer(customer_client, token) -> None:
    page = customer_client.get(url("show", token))
    answers = [accept(page, customer_client) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert WorkOrder.objects.count() == 1


def test_declining_with_a_reason(customer_client, token, sent) -> None:
    page, decline = customer_client.get(url("show", token)), url("decline", token)
    given = {"client": customer_client, "form": decline}
    assert submit(page, past_browser=True, **given).status_code == 422
    assert submit(page, reason="Too expensive", **given).status_code == 302
    sent.refresh_from_db()
    assert sent.status == "declined"
    assert "You declined" in customer_client.get(url("show", token)).content.decode()
    assert accept(page, customer_client).status_code == 409


def test_a_withdrawn_quote_says_so_and_shows_no_price(customer_client, token, sent, cast) -> None:
    older = customer_client.get(url("show", token))
    actions.quote_withdraw(quote=sent, by=cast.bram, reason="Mistake")
    page = customer_client.get(url("show", token)).content.decode()
    assert "withdrawn" in page
    assert "1,319" not in page
    assert "Mistake" not in page
    assert customer_client.get(url("pdf", token)).status_code == 404
    assert accept(older, customer_client).status_code == 409


def test_an_older_versions_link_says_that_there_is_a_newer_one(customer_client, token, sent, cast) -> None:
    older = customer_client.get(url("show", token))
    actions.quote_revise(quote=sent, by=cast.bram)
    assert "preparing a new version" in customer_client.get(url("show", token)).content.decode()
    actions.quote_send(quote=sent, by=cast.bram)
    page = customer_client.get(url("show", token)).content.decode()
    assert "newer version" in page
    answer = accept(older, customer_client)
    assert answer.status_code == 409
    assert not Acceptance.objects.exists()


def test_an_expired_quote_says_so(customer_client, token) -> None:
    with clock.at(clock.now() + timedelta(days=31)):
        assert "no longer valid" in customer_client.get(url("show", token)).content.decode()
        late = post_by_hand(customer_client, url("accept", token), ANSWER)  # no page offers it any more
    assert late.status_code == 409
    assert "no longer valid" in late.content.decode()


def test_the_page_speaks_the_customers_language(customer_client, cast, draft) -> None:
    actions.version_change(version=draft.current, by=cast.bram, texts={"language": "nl"})
    link = actions.quote_send(quote=draft, by=cast.bram)
    answer = customer_client.get(
        url("show", token_for("quote", link.nonce)), headers={"Accept-Language": "en"}
    )
    assert answer["Content-Language"] == "nl"
    assert "€\u00a01.319,00" in answer.content.decode()


def test_the_accepted_pdf_is_signed(customer_client, token, option) -> None:
    before = PdfReader(io.BytesIO(customer_client.get(url("pdf", token)).content))
    assert "Accept this quote" in "".join(page.extract_text() for page in before.pages)
    page = submit(url("show", token), client=customer_client, form=url("totals", token), option=option)
    accept(page, customer_client, by_script={"signature": drawn()})
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(customer_client.get(url("pdf", token)).content)).pages
    )
    assert "€1,561.00" in text
    assert Acceptance.objects.get().shown_hash[:20] in text


def test_the_public_role_reads_no_quote(sent) -> None:
    from django.db import ProgrammingError, transaction

    from apps.core.database import PUBLIC, as_role

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_role(PUBLIC):
        list(QuoteLink.objects.all())
