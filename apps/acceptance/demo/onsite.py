"""A technician's visit, as their phone tells it."""

from datetime import timedelta
from decimal import Decimal

from apps.acceptance.demo import jobs
from apps.acceptance.demo.jobs import Work
from apps.acceptance.demo.money import Money
from apps.acceptance.demo.phone import Phone
from apps.core import clock
from apps.field.actions import deviation_follow_up
from apps.field.models import Deviation, MaterialUsage
from apps.planning.models import Assignment
from apps.workorders.actions import work_order_follow_up
from apps.workorders.models import JobFormField, WorkOrder


class OnSite(Money):
    """Each method is a moment of a visit."""

    def visit(self, assignment: Assignment, work: Work) -> None:
        """A technician's visit, told by their phone: one event after the other, each at its moment."""
        if work.people == 1 and self.story.slips("visit_not_made", rather=work.quoted):
            return
        phone = Phone(self.story, assignment)
        phone.send("travel")
        arrived = clock.now() + timedelta(minutes=self.random.randint(9, 34))
        self.story.at(arrived, self.visit_begun, phone, work)

    def visit_begun(self, phone: Phone, work: Work) -> None:
        phone.back(minutes=3)
        assignment = phone.assignment
        length = assignment.ends_at - assignment.starts_at
        # Where four visits hang together, one upset would upset them all.
        alone = work.people == 1
        order = assignment.work_order
        left = alone and self.story.slips("no_access", rather=work.quoted)
        if left or (alone and self.story.chance(0.02)):
            phone.send("no_access", {"reason": self.random.choice(jobs.NO_ACCESS)}, self.story.picture())
            if not left:
                self.story.at(self.story.soon(1, 2), self.story.later.order_plan, order, work)
            return
        phone.send("before_photo", file=self.story.picture())
        phone.send("start")
        if alone and self.story.slips("not_finished", rather=work.quoted):
            self.story.at(clock.now() + timedelta(minutes=70), self.visit_stops, phone, "pause", {})
            return
        if alone and self.story.slips("put_on_hold", rather=work.quoted):
            reason = {"reason": "Wacht op onderdeel: printplaat is bij de fabriek besteld."}
            self.story.at(clock.now() + timedelta(minutes=40), self.visit_stops, phone, "hold", reason)
            return
        # The rest happens at its own moment, so that work of this very hour is seen as going on.
        share = self.random.choices([0.7, 0.8, 0.9, 0.95], weights=[15, 35, 35, 15])[0]
        worked = max(timedelta(minutes=20), length * share)
        # Whoever comes next is not kept waiting, but for a forgotten clock and a job that ran out.
        long = length * 1.4
        later = (assignment.ends_at + timedelta(minutes=20), clock.now() + long)
        over = (
            alone and work.quoted
            and self.story.calendar.is_free(assignment.technician, *later) and self.story.slips("ran_over")
        )  # fmt: skip
        if over:
            worked = long
        elif alone and self.story.slips("clock_stopped_late"):
            worked = timedelta(hours=13)
        elif not self.story.careful and self.story.chance(0.06):
            worked = length * 1.3
        else:
            worked = max(
                timedelta(minutes=20), min(worked, assignment.ends_at - clock.now() - timedelta(minutes=2))
            )
        self.story.at(clock.now() + worked, self.visit_done, phone, work, over)

    def visit_stops(self, phone: Phone, kind: str, payload: dict[str, str]) -> None:
        """Work stops before it is done."""
        phone.back(minutes=2)
        phone.send(kind, payload)

    def visit_done(self, phone: Phone, work: Work, over: bool) -> None:
        phone.back(minutes=15)
        order = phone.assignment.work_order
        if order is None:
            return
        version = order.job_form_version_id
        for field in JobFormField.objects.filter(version=version) if version else []:
            phone.send("answer", {"field": field.pk, "value": self.answer(field)})
        phone.send("work_done", {"text": work.done})
        # Of a job for two the first to finish says what went in; works of days say so each day.
        told = work.people > 1 and work not in jobs.INSTALLATIONS
        told = told and MaterialUsage.objects.filter(visit__work_order=order).exists()
        parts = [] if told else self.story.used(work)
        if work.type in ("cooling", "boiler") and self.story.slips("part_below_cost"):
            parts.append((self.firm.below_cost, Decimal(1)))
        for material, quantity in parts:
            phone.send("material", {"material": material.pk, "quantity": str(quantity)})
        if not parts:
            phone.send("no_materials")
        if self.story.chance(0.12):
            text, hours = self.random.choice(jobs.EXTRAS)
            phone.send("extra_work", {"description": text, "hours": str(hours)})
        else:
            phone.send("no_extra_work")
        alone = work.people == 1
        forgotten = alone and self.story.slips("blocked")
        blocked = forgotten or (alone and self.story.chance(0.01))
        if blocked or self.story.chance(0.04):
            text = self.random.choice(jobs.DEVIATIONS)
            phone.send("deviation", {"text": text, "blocks": blocked}, self.story.picture())
            if not forgotten and not self.story.slips("deviation_forgotten"):
                self.story.at(self.story.soon(0, 1), self.deviations_follow_up, order)
            if blocked:
                if not forgotten:
                    self.story.at(self.story.soon(1, 2), self.issue_follow_up, order, work)
                return
        elif not Deviation.objects.filter(visit__assignment=phone.assignment).exists():
            phone.send("no_deviation")
        phone.send("after_photo", file=self.story.picture())
        if self.story.chance(0.85):
            name = order.customer.name if order.customer.kind == "person" else "H. Vermeer"
            phone.send("sign_off", {"name": name}, self.story.signature)
        else:
            phone.send("sign_off", {"reason": "Klant was niet thuis bij het afronden."})
        phone.send("finish")
        order.refresh_from_db()
        if order.status == "ready_for_review" and not over and not self.story.slips("not_reviewed"):
            self.story.at(self.story.soon(0, 2), self.review, order)

    def deviations_follow_up(self, order: WorkOrder) -> None:
        for deviation in Deviation.objects.filter(visit__work_order=order, followed_up_at=None):
            deviation_follow_up(
                deviation=deviation, by=self.story.clerk(), text=self.random.choice(jobs.FOLLOW_UPS)
            )

    def answer(self, field: JobFormField) -> str:
        if field.kind == "tick":
            return "true"
        low = Decimal(field.minimum if field.minimum is not None else 1)
        high = Decimal(field.maximum if field.maximum is not None else low + 400)
        value = low + (high - low) * Decimal(self.random.randint(15, 85)) / 100
        if not self.story.careful and self.story.chance(0.005):
            value = high * Decimal("1.2")
        return str(value.quantize(Decimal("0.1")))

    def issue_follow_up(self, order: WorkOrder, work: Work) -> None:
        order.refresh_from_db()
        if order.status == "action_required":
            work_order_follow_up(
                work_order=order, by=self.story.clerk(), reason="Met de klant besproken; rest in overleg."
            )
            self.story.at(self.story.soon(0, 2), self.review, order)
