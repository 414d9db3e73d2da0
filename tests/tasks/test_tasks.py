"""The list of tasks: all that waits for the office, each once, by whom and when; nothing falls off its end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core import clock, formats
from apps.core.refusals import Forbidden, Refused
from apps.invoicing import actions as invoicing
from apps.leaks.actions import leaks_detect
from apps.leaks.models import Leak
from apps.pipeline.figures import standing
from apps.pipeline.states import STAGES
from apps.planning.actions import absence_remove
from apps.review import actions as review
from apps.tasks.actions import task_mark
from apps.tasks.models import TaskMark
from apps.tasks.rules import URGENT
from apps.tasks.waiting import PAGE_SIZE, Task, task_find, tasks
from tests.builders import AbsenceFactory, RequestFactory, photo_stored
from tests.invoicing.conftest import gone_out
from tests.office import waiting
from tests.pages import submit

pytestmark = pytest.mark.django_db


def waiting_for(user, whose: str = "") -> list[Task]:
    """Without the mails to the customers, which nothing sends here."""
    return [one for one in waiting.waiting_for(user, whose) if not one.key.startswith("mail-")]


def only(user, whose: str = ""):
    found = waiting_for(user, whose)
    assert len(found) == 1, found
    return found[0]


class TestWhatWaits:
    def test_a_job_waits_at_each_stage_for_its_one_next_action(self, shop, cast):
        order = shop.order()
        assert (only(cast.bram).status, only(cast.bram).action) == ("Accepted, not planned", "Plan")
        phone = shop.phone(order, start=clock.now() + timedelta(hours=2))
        assert waiting_for(cast.bram) == [], "it waits for the visit, not for the office"
        phone.tell("no_access", reason="Nobody there", file=photo_stored())
        assert only(cast.bram).action == "Plan a new appointment"

    def test_a_visit_of_who_fell_ill_waits_for_somebody_else(self, shop, cast):
        order, now = shop.order(), clock.now()
        booking = shop.phone(order, start=now + timedelta(hours=3), hours=1).assignment
        away = {"by": cast.petra, "technician": booking.technician}
        AbsenceFactory(**away, start=now, end=now + timedelta(hours=2))  # another part of the day
        assert waiting_for(cast.bram) == []
        ill = AbsenceFactory(**away, start=now + timedelta(hours=2), end=now + timedelta(hours=9))
        task = only(cast.bram)
        assert (task.record, task.status, task.action, task.rank) == (
            str(order),
            "Technician away",
            "Move",
            URGENT,
        )
        assert task.url == reverse("planning:assignment_detail", args=[booking.pk])
        assert "Tim" in task.about
        absence_remove(absence=ill, by=cast.petra)
        assert waiting_for(cast.bram) == []

    def test_who_is_known_to_be_away_may_be_booked(self, shop, cast):
        now = clock.now()
        with clock.at(now - timedelta(days=30)):
            AbsenceFactory(
                by=cast.petra, technician=cast.tim.technician, start=now, end=now + timedelta(hours=9)
            )
        shop.phone(shop.order(), start=now + timedelta(hours=3), hours=1)
        assert waiting_for(cast.bram) == []

    def test_a_visit_that_began_is_no_longer_moved(self, shop, cast):
        now = clock.now()
        phone = shop.phone(shop.order(), start=now + timedelta(minutes=5), hours=2)
        phone.begin()
        AbsenceFactory(by=cast.petra, technician=cast.tim.technician, start=now, end=now + timedelta(hours=9))
        assert waiting_for(cast.bram) == []

    def test_from_review_to_the_bookkeeper(self, shop, cast):
        order = shop.done(minutes=60)
        assert only(cast.bram).action == "Review"
        checked = review.review_open(work_order=order, by=cast.bram)
        assert only(cast.bram).action == "Finish the review"
        review.review_approve(review=checked, by=cast.bram)
        assert only(cast.bram).action == "Make the invoice"
        draft = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
        assert (only(cast.bram).action, only(cast.bram).amount) == ("Check and issue", 60)
        invoice = invoicing.invoice_issue(invoice=draft, by=cast.bram)
        assert only(cast.bram).action == "Send"
        gone_out(invoicing.invoice_send(invoice=invoice, by=cast.bram))
        assert waiting_for(cast.bram) == []
        with clock.at(clock.now() + timedelta(days=60)):
            assert only(cast.bram).action == "Remind or call"

    def test_every_stage_past_its_limit_is_a_task_with_its_action(self, shop, cast):
        shop.quote({"unit_price": 300})
        shop.order()
        shop.done()
        shop.phone(shop.order(), start=clock.now() - timedelta(days=3))
        later = clock.now() + timedelta(days=60)
        late = standing(later).filter(late=True)
        assert late.count() == 4
        with clock.at(later):
            found = {(one.record, str(one.action)) for one in waiting_for(cast.bram)}
        assert found == {(row.label, str(STAGES[row.stage].action)) for row in late}

    def test_the_list_goes_on_as_long_as_there_is_something(self, shop, cast, client_as):
        numbers = {shop.order().number for _n in range(PAGE_SIZE + 3)}
        first = tasks(cast.bram, clock.now())
        assert (len(first.tasks), first.total, first.has_next) == (PAGE_SIZE, PAGE_SIZE + 3, True)
        assert {one.record for one in waiting_for(cast.bram)} == numbers
        page = client_as(cast.bram).get(f"{reverse('office:dashboard')}?page=2").content.decode()
        shown = {number for number in numbers if number in page}
        assert len(shown) == 3

    def test_the_most_urgent_comes_first(self, shop, cast):
        shop.order()
        urgent = shop.order(urgency="urgent")
        asked = RequestFactory(customer=shop.customer, type=shop.type)
        assert waiting_for(cast.bram)[0].record == urgent.number
        assert asked.number in [one.record for one in waiting_for(cast.bram)]

    def test_whoever_may_not_do_it_does_not_have_it(self, shop, cast):
        shop.done()
        assert waiting_for(cast.bram)
        assert waiting_for(cast.ada) == []

    def test_who_sees_no_prices_sees_no_amount(self, shop, cast):
        shop.order(sold=4)
        assert [one.amount for one in waiting_for(cast.bram)] == [240]
        mine = waiting_for(cast.petra)
        assert all(one.amount is None for one in mine) or cast.petra.may("see_prices")


class TestWhoAndWhen:
    def test_a_task_is_given_and_given_back(self, shop, cast):
        shop.order()
        key = only(cast.bram).key
        task_mark(key=key, by=cast.bram, assignee=cast.petra)
        assert waiting_for(cast.bram, "mine") == waiting_for(cast.bram, "nobody") == []
        assert only(cast.petra, "mine").key == only(cast.bram).key == key
        task_mark(key=key, by=cast.petra, assignee=None, seen=TaskMark.objects.get().agreed)
        assert only(cast.bram, "nobody").key == key

    def test_two_who_take_it_at_once_do_not_both_have_it(self, shop, cast):
        shop.order()
        key = only(cast.bram).key
        task_mark(key=key, by=cast.bram, assignee=cast.bram)
        with pytest.raises(Refused, match="Bram took it meanwhile"):
            task_mark(key=key, by=cast.petra, assignee=cast.petra)

    def test_what_is_put_off_comes_back_on_its_day(self, shop, cast):
        shop.order()
        key, until = only(cast.bram).key, clock.now() + timedelta(days=2)
        task_mark(key=key, by=cast.bram, put_off_until=until, reason="The part comes Friday")
        assert waiting_for(cast.bram) == waiting_for(cast.bram, "nobody") == []
        assert only(cast.bram, "put_off").key == key
        with clock.at(until + timedelta(minutes=1)):
            assert only(cast.bram).key == key
            assert waiting_for(cast.bram, "put_off") == []

    def test_what_is_put_off_is_a_leak_all_the_same(self, shop, cast):
        shop.order(sold=4)
        later = clock.now() + timedelta(days=30)
        with clock.at(later):
            task_mark(
                key=only(cast.bram).key, by=cast.bram, put_off_until=later + timedelta(days=9), reason="Later"
            )
            assert waiting_for(cast.bram) == []
            assert standing(later).filter(late=True).count() == 1

    def test_when_it_comes_back_to_a_stage_it_is_another_task(self, shop, cast):
        order = shop.order()
        task_mark(
            key=only(cast.bram).key,
            by=cast.bram,
            put_off_until=clock.now() + timedelta(days=9),
            reason="Later",
        )
        phone = shop.phone(order, start=clock.now() + timedelta(hours=2))
        phone.tell("no_access", reason="Nobody there", file=photo_stored())
        assert only(cast.bram).action == "Plan a new appointment"

    def test_it_is_put_off_to_later_and_for_a_reason(self, shop, cast):
        shop.order()
        key = only(cast.bram).key
        with pytest.raises(Refused, match="later day"):
            task_mark(key=key, by=cast.bram, put_off_until=clock.now(), reason="x")
        with pytest.raises(Refused, match="why it can wait"):
            task_mark(key=key, by=cast.bram, put_off_until=clock.now() + timedelta(days=1), reason=" ")
        with pytest.raises(Refused, match="no list of tasks"):
            task_mark(key=key, by=cast.bram, assignee=cast.tim)
        with pytest.raises(Forbidden):
            task_mark(key=key, by=cast.tim)
        task_mark(key=key, by=cast.bram)
        with pytest.raises(IntegrityError), transaction.atomic():
            TaskMark.objects.filter(key=key).update(put_off_until=clock.now() + timedelta(days=1))


class TestThePage:
    def test_it_is_given_on_its_own_page(self, shop, cast, client_as):
        shop.order()
        web, key = client_as(cast.bram), only(cast.bram).key
        address = reverse("tasks:mark", args=[key])
        assert address in web.get(reverse("office:dashboard")).content.decode()
        assert submit(address, client=web, assignee="Petra", press="Save").status_code == 302
        assert only(cast.petra, "mine").key == key
        assert "Petra" in web.get(reverse("office:dashboard")).content.decode()

    def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(self, shop, cast, client_as):
        shop.order()
        web, address = client_as(cast.bram), reverse("tasks:mark", args=[only(cast.bram).key])
        tomorrow = (clock.today() + timedelta(days=1)).isoformat()
        answer = submit(address, client=web, put_off_until=tomorrow, press="Save")
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"reason": ["Say why it can wait."]}
        assert f'value="{tomorrow}"' in answer.content.decode()
        answer = submit(answer, client=web, reason="Away until then", press="Save")
        assert answer.status_code == 302
        assert only(cast.bram, "put_off")
        shown = web.get(f"{reverse('office:dashboard')}?whose=put_off").content.decode()
        assert "Away until then" in shown

    def test_a_reason_without_a_day_is_asked_for_its_day(self, shop, cast, client_as):
        shop.order()
        key = only(cast.bram).key
        web, address = client_as(cast.bram), reverse("tasks:mark", args=[key])
        answer = submit(address, client=web, reason="Away until then", press="Save")
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"put_off_until": ["Say until when it can wait."]}
        assert "Away until then" in answer.content.decode()
        with pytest.raises(Refused, match="until when"):
            task_mark(key=key, by=cast.bram, reason="Away until then")
        tomorrow = (clock.today() + timedelta(days=1)).isoformat()
        assert submit(answer, client=web, put_off_until=tomorrow, press="Save").status_code == 302
        # who takes the day out takes it up again, and need not take its old reason out as well
        assert submit(address, client=web, put_off_until="", press="Save").status_code == 302
        assert only(cast.bram).key == key
        assert TaskMark.objects.get(key=key).reason == ""

    def test_one_row_is_no_rows(self, shop, cast, client_as):
        shop.order()
        assert "1 rows" not in client_as(cast.bram).get(reverse("office:dashboard")).content.decode()

    @pytest.mark.parametrize(
        "now", [datetime(2027, 1, 20, 12, tzinfo=UTC), datetime(2027, 7, 20, 12, tzinfo=UTC)]
    )
    def test_what_is_due_on_a_day_is_late_since_a_day(self, shop, cast, client_as, now):
        order = shop.done(minutes=60)
        checked = review.review_open(work_order=order, by=cast.bram)
        review.review_approve(review=checked, by=cast.bram)
        with clock.at(now - timedelta(days=40)):
            draft = invoicing.invoice_draft(work_orders=[order], by=cast.bram)
            invoice = invoicing.invoice_issue(invoice=draft, by=cast.bram)
            invoicing.fact_mark(invoice=invoice, kind="sent", by=cast.bram)
        invoice.refresh_from_db()
        after = invoice.due_date + timedelta(days=1)
        with clock.at(now):
            row = standing(now).get(stage="overdue")
            assert timezone.localtime(row.waits) == clock.day_bounds(after)[0]
            web, task = client_as(cast.bram), only(cast.bram)
            leaks_detect(now)
            leak = Leak.objects.get(detector="overdue")
            for address in (
                reverse("office:dashboard"),
                reverse("tasks:mark", args=[task.key]),
                reverse("leaks:leak_detail", args=[leak.pk]),
            ):
                page = web.get(address).content.decode()
                assert formats.day(after) in page
                assert not re.search(
                    rf"{formats.day_short(after).replace(' ', formats.SPACE)}\S{{0,6}} ?0[0-2]:00", page
                )

    def test_a_page_that_stood_open_says_who_took_it(self, shop, cast, client_as):
        shop.order()
        key = only(cast.bram).key
        web = client_as(cast.petra)
        page = web.get(reverse("tasks:mark", args=[key]))
        task_mark(key=key, by=cast.bram, assignee=cast.bram)
        answer = submit(page, client=web, assignee="Petra", press="Save")
        assert answer.status_code == 409
        assert "Bram took it meanwhile" in answer.content.decode()

    def test_an_older_page_does_not_undo_what_a_colleague_agreed(self, shop, cast, client_as):
        shop.order()
        key, until = only(cast.bram).key, clock.now() + timedelta(days=3)
        web = client_as(cast.petra)
        page = web.get(reverse("tasks:mark", args=[key]))
        mark = task_mark(key=key, by=cast.bram, put_off_until=until, reason="The part comes Friday")
        answer = submit(page, client=web, assignee="Petra", press="Save")
        assert answer.status_code == 409
        assert "Bram put it off until" in answer.content.decode()
        assert "The part comes Friday" in answer.content.decode()
        mark.refresh_from_db()
        assert (mark.assignee, mark.put_off_until, mark.reason) == (None, until, "The part comes Friday")
        page = web.get(reverse("tasks:mark", args=[key]))
        task_mark(key=key, by=cast.bram, put_off_until=until, reason="It comes Monday", seen=mark.agreed)
        assert submit(page, client=web, assignee="Petra", press="Save").status_code == 409
        other = client_as(cast.olga)
        page = other.get(reverse("tasks:mark", args=[key]))
        assert submit(page, client=other, assignee="Petra", press="Save").status_code == 302
        mark.refresh_from_db()
        assert (mark.assignee, mark.reason) == (cast.petra, "It comes Monday")

    def test_who_was_given_it_is_not_told_that_they_took_it(self, shop, cast, client_as):
        shop.order()
        key = only(cast.bram).key
        web = client_as(cast.petra)
        page = web.get(reverse("tasks:mark", args=[key]))
        task_mark(key=key, by=cast.bram, assignee=cast.petra)
        answer = submit(page, client=web, assignee="Ada", press="Save")
        assert "Bram gave it to Petra meanwhile" in answer.content.decode()

    def test_what_is_done_meanwhile_says_so(self, shop, cast, client_as):
        order = shop.order()
        key = only(cast.bram).key
        task_mark(key=key, by=cast.bram, assignee=cast.bram)
        shop.phone(order, start=clock.now() + timedelta(hours=2))
        assert task_find(cast.bram, clock.now(), key) is None
        answer = client_as(cast.bram).get(reverse("tasks:mark", args=[key]), follow=True)
        assert "done meanwhile" in answer.content.decode()
