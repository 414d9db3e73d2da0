"""From a work order to a review that decided everything that was done."""

import re

from playwright.sync_api import expect

from apps.field.models import FieldEvent, TimeEntry
from apps.planning.models import Assignment, Overbooking
from apps.quotes.models import Quote
from apps.review.models import Billable
from apps.workorders.models import WorkOrder
from tests.browser import again, fits_a_telephone, go, sign, telling
from tests.e2e.stage import Stage, book, tomorrow

EXTRA = "€62.50"


def work_planned(stage: Stage) -> None:
    page, order = stage.office, WorkOrder.objects.get()
    go(page, f"/quotes/{Quote.objects.get().pk}/")
    page.locator("#detail").get_by_role("link", name=f"Work order {order.number}").click()
    page.locator("#detail").get_by_role("link", name="Plan").first.click()
    expect(page.locator("main")).to_contain_text(f"{order.number} · H. Vermeer")
    page.get_by_role("link", name="Quick plan").click()
    book(page, "6")  # while Tim still has the intake visit then
    against = page.get_by_role("alert")
    expect(against).to_contain_text("Tim is already booked then")
    expect(against).to_contain_text(order.request.number)
    expect(page.get_by_label("Duration")).to_have_value("6")
    expect(page.get_by_label("Reason")).to_have_attribute("required", "")
    assert not Assignment.objects.filter(work_order=order).exists()
    page.get_by_label("Reason").fill("The intake is done already")
    page.get_by_role("button", name="Book all the same").click()
    expect(page.get_by_role("heading", name="Weekly planning")).to_be_visible()
    page.get_by_role("button", name="Tell them now").click()
    expect(page.get_by_role("button", name="Tell them now")).to_have_count(0)
    visit = Assignment.objects.get(work_order=order)
    assert Overbooking.objects.get(assignment=visit).reason == "The intake is done already"
    go(page, f"/planning/visits/{visit.pk}/")
    expect(page.locator("main")).to_contain_text("The intake is done already")
    order.refresh_from_db()
    assert order.status == "planned"


def work_done(stage: Stage) -> None:
    page = stage.phone

    def big(words: str) -> None:
        assert "€" not in page.locator("body").inner_text()
        page.locator(".thumb .big", has_text=re.compile(words, re.I)).click()

    go(page, f"/phone/agenda/?from={tomorrow()}")
    page.locator(".tile", has_text=re.compile("H. Vermeer")).filter(has_not_text="Intake").get_by_role(
        "link"
    ).first.click()
    expect(page.locator("main")).to_contain_text("Boiler HR 28 kW")
    big("On my way")
    expect(page.get_by_role("alert")).to_contain_text("This visit is not planned today")
    big("Yes, I am on my way")
    big("before photo")
    page.set_input_files("input[name=photos]", [stage.photo])
    big("Save the photos")
    big("Start the clock")
    expect(page.get_by_label("Clock")).to_contain_text("Working since")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_label("Clock")).to_contain_text("Paused since")
    big("Go on with the work")
    expect(page.get_by_label("Clock")).to_contain_text("Working since")
    big("checklist")
    page.get_by_label("Water shut off").check()
    big("Save the answers")
    big("work done")
    page.get_by_label("what was done").fill("Boiler replaced and set.")
    big("Save")
    big("materials")
    page.get_by_role("button", name="Add Boiler HR 28 kW").click()
    page.get_by_text("Take off…").wait_for()
    big("That is all")
    big("Extra work")
    page.get_by_label("what was done beyond the agreement").fill("Valve replaced")
    page.get_by_label("hours").fill("1")
    page.get_by_role("button", name="Add extra work").click()
    page.get_by_text("Waiting", exact=True).wait_for()
    big("That is all")
    big("Issue, or none")
    big("No deviation")
    big("after photo")
    page.set_input_files("input[name=photos]", [stage.photo])
    big("Save the photos")
    big("sign")
    expect(page.locator(".shown")).to_contain_text("Boiler replaced and set.")
    page.get_by_label("name of the customer").fill("H. Vermeer")
    sign(page)
    big("Save")
    big("Yes, the job is done")
    expect(page.locator(".thumb .big")).to_have_count(0)
    order = WorkOrder.objects.get()
    assert order.status == "ready_for_review"
    assert sorted(TimeEntry.objects.values_list("kind", flat=True)) == ["pause", "travel", "work", "work"]
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    assert not FieldEvent.objects.to_decide().exists()


def review_approved(stage: Stage) -> None:
    page, order = stage.office, WorkOrder.objects.get()
    go(page, "/review/")
    page.get_by_role("row", name=re.compile(order.number)).get_by_role("button", name="Review").click()
    expect(page.locator("main")).to_contain_text("Valve replaced")
    expect(page.locator("main")).to_contain_text("Signed by H. Vermeer")
    page.get_by_role("link", name="Price and offer").click()
    expect(page.get_by_label("Unit price")).to_have_value(re.compile(r"^62\.50?"))
    page.get_by_role("button", name="Mail the offer").click()
    expect(page.locator("body")).to_contain_text("Offered by mail to vermeer@klant.example")
    stage.work()
    customer = stage.stranger.new_page()
    with telling(customer):
        go(customer, stage.link_in(stage.mail("xtra work"), "extra-work"))
        expect(customer.locator("main")).to_contain_text(EXTRA)
        customer.get_by_label("Your name").fill("H. Vermeer")
        customer.get_by_role("button", name="Approve").click()
        expect(customer.locator("main")).to_contain_text("You approved this extra work")
        assert fits_a_telephone(customer)
        customer.close()
    again(page)
    expect(page.locator("#extra-work")).to_contain_text("Approved")
    proposals = page.get_by_role("button", name=re.compile(r"^Accept (all )?\d+ proposal"))
    if proposals.count():
        proposals.click()
        expect(proposals).to_have_count(0)
    for billable in Billable.objects.filter(work_order=order).pending():
        place = page.locator(f"#billable-{billable.pk}")
        place.locator("summary").click()
        asked = page.get_by_role("dialog")
        asked.get_by_label("What becomes of it").select_option("included")
        asked.get_by_label("Reason").fill("Agreed on the telephone")
        asked.get_by_role("button", name="Decide").click()
        expect(page.locator(f"#billable-{billable.pk}")).to_contain_text("Included")
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.locator("main")).to_contain_text("Approved by Bram")
    order.refresh_from_db()
    assert order.status == "ready_for_invoicing"
    assert not Billable.objects.filter(work_order=order).pending().exists()
