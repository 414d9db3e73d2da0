"""Judging what was recorded, item by item, and what is wrong with it."""

from decimal import Decimal

from django.db import models, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.audit import audit_record
from apps.core.refusals import Refused
from apps.field.models import Visit
from apps.review.actions.billables import billables_sync, bring_to_nothing
from apps.review.actions.losses import loss_check, lost_of, taken_off
from apps.review.actions.verdict import accept, billables_of, findings_of, refusing, review_locked
from apps.review.looks import item_look, look_check
from apps.review.models import Billable, Concern, Decision, Finding, Review
from apps.review.sources import FIELD_OF
from apps.workorders.models import WorkOrder

VISIT_PARTS = ("photos", "checklist", "work_done", "signature")


def finding_add(
    *,
    review: Review,
    subject: models.Model,
    decision: str,
    by: User,
    reason: str = "",
    quantity: Decimal | None = None,
    part: str = "",
    shown: str | None = None,
) -> Finding:
    """Judge one item of evidence: accepted, corrected (to `quantity`), or to be returned.

    `part` names what of a visit is judged: one of VISIT_PARTS. The recorded original is never touched.
    `shown` is the look of the item that was judged (`review.looks`).
    A concern (`sql/concern_view.sql`) is judged as it is now: when its facts become others it is open again.
    Raises Refused without a reason for anything but accepting what is as it should be, DecidedMeanwhile when somebody
    else judged it first.
    """
    if decision != Decision.ACCEPTED and not reason.strip():
        raise Refused(_("Give a reason."))
    with transaction.atomic(), refusing():
        order, review_now = review_locked(review)
        key = _subject_key(subject, order, part)
        concern = Concern.objects.of_work_order(order).filter(subject_type=key, subject_id=subject.pk).first()
        facts = concern.facts if concern else ""
        _look_check_item(review_now, key, subject.pk, facts, shown)
        if decision == Decision.ACCEPTED and concern is not None and not reason.strip():
            raise Refused(_("Say why this can be accepted."))
        if decision == Decision.RETURNED and isinstance(subject, WorkOrder):
            raise Refused(_("This is for the office to judge: the technician cannot change it."))
        before, after = "", ""
        if decision == Decision.CORRECTED:
            if quantity is None or quantity < 0 or subject._meta.label_lower not in CORRECTABLE:
                raise Refused(_("Say which quantity it should be."))
            before, after = _charged(order, subject), f"{quantity.normalize():f}"
            lost = taken_off(order, key, subject, quantity)
            loss_check(by, lost)
        review_now.findings.filter(subject_type=key, subject_id=subject.pk, standing=True).update(
            standing=False
        )
        finding = Finding.objects.create(
            review=review_now,
            subject_type=key,
            subject_id=subject.pk,
            decision=decision,
            before=before,
            after=after,
            reason=reason.strip(),
            facts="" if decision == Decision.RETURNED else facts,
            worth=concern.worth if concern else None,
            by=by,
            at=clock.now(),
        )
        field = FIELD_OF.get(key)
        if decision == Decision.CORRECTED and field:
            # The quantity that was typed is that of all of it: what was corrected before is part of it.
            rows = Billable.objects.filter(work_order=order, **{field: subject.pk})
            for one in Billable.objects.filter(corrects__in=rows, kind="correction", claimed=False):
                bring_to_nothing(one)
            billables_sync(order, again=frozenset({(field, subject.pk)}))
            loss_check(by, lost and lost_of(rows.all()))
        if decision == Decision.ACCEPTED and field:
            accept(Billable.objects.filter(work_order=order, **{field: subject.pk}), by)
        audit_record(review_now, verb=f"review.item_{decision}", by=by, reason=reason.strip(),
                     data={"subject": key, "id": subject.pk})  # fmt: skip
    return finding


CORRECTABLE = ("field.timeentry", "field.materialusage")


def _look_check_item(review: Review, key: str, subject: int, facts: str, shown: str | None) -> None:
    findings = list(findings_of(review).filter(subject_type=key, subject_id=subject))
    field = FIELD_OF.get(key)
    billables = list(billables_of(review).evidence().filter(**{field: subject})) if field else []
    look_check(shown, item_look(findings, billables, facts), findings, billables)


def _subject_key(subject: models.Model, order: WorkOrder, part: str) -> str:
    """What a finding is about. Raises Refused for a subject of another job."""
    if isinstance(subject, Visit):
        if part not in VISIT_PARTS or subject.work_order_id != order.pk:
            raise Refused(_("This item does not belong to the job under review."))
        return f"field.visit.{part}"
    if isinstance(subject, WorkOrder):
        if subject.pk != order.pk:
            raise Refused(_("This item does not belong to the job under review."))
        return subject._meta.label_lower
    if subject.visit.work_order_id != order.pk:  # type: ignore[attr-defined]
        raise Refused(_("This item does not belong to the job under review."))
    return subject._meta.label_lower


def _charged(order: WorkOrder, subject: models.Model) -> str:
    rows = Billable.objects.filter(work_order=order, **{FIELD_OF[subject._meta.label_lower]: subject.pk})
    counted = [*rows, *Billable.objects.standing_corrections(of=rows)]
    return f"{sum((one.quantity for one in counted), Decimal(0)).normalize():f}"
