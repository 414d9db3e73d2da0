"""What a telephone holds, read out: no amount in the pages that it keeps, and none in what it has to send."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.browser import PHONE, go, logged_in, telling
from tests.builders import WorkOrderFactory
from tests.field.conftest import booked
from tests.field.test_kept_pages import kept
from tests.line import Line, line_to
from tests.price_wall.test_crawl import amount_in, canaries
from tests.world import world_make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

READ_OUT = """async () => {
  const held = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (/\\.(js|css|png)$/.test(request.url)) continue;
      const answer = await cache.match(request);
      held.push([request.url, JSON.stringify([...answer.headers]) + (await answer.text())]);
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((done) => {
      indexedDB.open(name).onsuccess = ({ target }) => done(target.result);
    });
    for (const store of base.objectStoreNames) {
      const all = await new Promise((done) => {
        base.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => done(target.result);
      });
      held.push([`${name}/${store}`, JSON.stringify(all)]);
    }
    base.close();
  }
  for (const store of [localStorage, sessionStorage]) held.push(["storage", JSON.stringify(store)]);
  return held;
}"""


def amounts(page: Page, known: set[str]) -> dict[str, str]:
    """Where this phone holds an amount, and which."""
    held = page.evaluate(READ_OUT)
    assert any("no-network" in where for where, _text in held)
    return {where: hit for where, text in held if (hit := amount_in(text, known))}


def test_a_phone_holds_no_amount(
    browser: Browser, live_server: Any, client_as: Callable[..., Client]
) -> None:
    world = world_make()
    tim, bram = world.users["tim"], world.users["bram"]
    assignment = booked(tim, WorkOrderFactory(customer=world.chain.cast.customer, type=world.chain.cast.type))
    known = canaries()
    with line_to(live_server.url) as line:
        held = {"viewport": PHONE, "has_touch": True, "service_workers": "allow"}
        context = logged_in(browser, line.url, client_as(tim), **held)
        read_out(context.new_page(), line, assignment, known, client_as(bram))
        context.close()


def read_out(page: Page, line: Line, assignment: Any, known: set[str], bram: Client) -> None:
    go(page, reverse("phone:job", args=[assignment.pk]))
    kept(page, reverse("phone:hold", args=[assignment.pk]))
    line.is_cut = True
    page.locator(".thumb .big").click()
    page.get_by_role("dialog").locator("button.go").click()
    with telling(page):
        page.locator("[data-step=travel].waiting").wait_for()
    assert '"verb":"travel"' in json.dumps(page.evaluate(READ_OUT)).replace("\\", "").replace(" ", "")
    assert amounts(page, known) == {}

    # The control: a page of the office.
    rich = bram.get(reverse("invoicing:invoice_list")).text
    page.evaluate(
        "text => caches.open('phone-shell').then((cache) => cache.put('/x', new Response(text)))", rich
    )
    assert list(amounts(page, known).values()) != []
