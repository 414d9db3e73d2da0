"""A passkey, made and used in a real browser with an authenticator that Chromium plays (WebAuthn level 2)."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import faults_of, go, telling
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser, live_server, transactional_cast):
    context: BrowserContext = browser.new_context(locale="en-GB", base_url=live_server.url)
    context.set_default_timeout(20_000)
    faults = faults_of(context)
    page = context.new_page()
    authenticator_plug_in(context, page)
    with telling(page):
        yield page
    context.close()
    assert faults == []


def authenticator_plug_in(context: BrowserContext, page: Page) -> None:
    """An authenticator that keeps the key on the device and knows its owner."""
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip


def test_a_passkey_is_added_and_then_opens_the_door_without_a_password(page, transactional_cast):
    bram = transactional_cast.bram
    go(page, "/account/login/")
    page.locator("input[name=login]").fill(bram.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button.go").click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    go(page, "/account/2fa/webauthn/add/")
    page.locator("input[type=password]").fill(PASSWORD)  # what changes the login asks for it once more
    page.locator("form button.go").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_label("Log in with it alone").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/add" not in url)
    assert Authenticator.objects.filter(user=bram, type="webauthn").count() == 1

    page.context.clear_cookies()
    go(page, "/account/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    go(page, "/account/2fa/webauthn/")
    expect(page.locator("body")).to_contain_text("Work laptop")
