"""Work that was done, or should have been, and does not move on."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.leaks.detectors.base import JOB_PROMISE, JOB_VALUE, Detector, register


@register
class NotReviewed(Detector):
    name = "not_reviewed"
    label = _("Done, not reviewed")
    cause = _("The job was handed in and nobody reviewed it, so it cannot be invoiced.")
    action = pgettext_lazy("verb", "Review")
    subject = "workorders.workorder"
    url_name = "review:review_detail"
    after = timedelta(days=1)
    query = f"""
        SELECT w.id, w.id, w.number || ' · ' || c.name, coalesce(l.open, {JOB_VALUE}), done.at
          FROM workorders_workorder w
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN LATERAL (SELECT coalesce(max(finished_at), w.created_at) AS at FROM field_visit
                         WHERE work_order_id = w.id) done ON true
          LEFT JOIN LATERAL (SELECT open FROM invoicing_ledger
                              WHERE work_order_id = w.id AND recorded <> 0) l ON true
         WHERE w.status IN ('ready_for_review', 'in_review') AND done.at < %(limit)s
    """


@register
class EvidenceWithoutBillable(Detector):
    name = "evidence_without_billable"
    label = _("Recorded, not billed")
    cause = _("Hours, materials or extra work came in after the review: they have no place on any invoice.")
    action = _("Review again")
    subject = "workorders.workorder"
    url_name = "review:review_detail"
    query = """
        SELECT w.id, w.id, w.number || ' · ' || c.name, sum(lost.amount), min(lost.at)
          FROM (
            SELECT v.work_order_id, t.ended_at AS at,
                   extract(epoch FROM t.ended_at - t.started_at) / 3600 * %(rate)s AS amount
              FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id
             WHERE t.kind <> 'pause' AND t.ended_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.time_entry_id = t.id)
            UNION ALL
            SELECT v.work_order_id, m.at, m.quantity * coalesce(
                     (SELECT price FROM pricing_materialprice WHERE material_id = m.material_id
                         AND valid_from <= %(today)s ORDER BY valid_from DESC LIMIT 1), 0)
              FROM field_materialusage m JOIN field_visit v ON v.id = m.visit_id
             WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.material_usage_id = m.id)
            UNION ALL
            SELECT v.work_order_id, e.at, e.hours * %(rate)s
              FROM field_extrawork e JOIN field_visit v ON v.id = e.visit_id
             WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.extra_work_id = e.id)
          ) lost
          JOIN workorders_workorder w ON w.id = lost.work_order_id
          JOIN customers_customer c ON c.id = w.customer_id
         WHERE w.status IN ('ready_for_invoicing', 'invoiced', 'closed', 'cancelled')
         GROUP BY w.id, w.number, c.name
    """


@register
class HoursAboveSold(Detector):
    name = "hours_above_sold"
    label = _("Hours above sold")
    cause = _("More hours were worked than were sold, and the excess was not offered to the customer.")
    action = _("Offer the hours, or decide in the review")
    subject = "workorders.workorder"
    url_name = "review:review_detail"
    query = """
        SELECT w.id, w.id, w.number || ' · ' || c.name,
               (worked.hours - w.sold_hours - extra.hours) * %(rate)s, worked.last
          FROM workorders_workorder w
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN LATERAL (SELECT coalesce(sum(extract(epoch FROM t.ended_at - t.started_at) / 3600), 0)::numeric AS hours,
                               max(t.ended_at) AS last
                          FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id
                         WHERE v.work_order_id = w.id AND t.kind = 'work' AND t.ended_at IS NOT NULL) worked ON true
          JOIN LATERAL (SELECT coalesce(sum(e.hours), 0) AS hours FROM field_extrawork e
                          JOIN field_visit v ON v.id = e.visit_id
                         WHERE v.work_order_id = w.id AND e.status <> 'declined') extra ON true
         WHERE w.status IN ('in_progress', 'ready_for_review', 'in_review', 'returned', 'action_required')
           AND w.sold_hours > 0 AND worked.hours > w.sold_hours + extra.hours + 0.01
           -- what the reviewer decided is no leak any more
           AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.work_order_id = w.id
                              AND b.proposal = 'above_sold' AND b.decided_at IS NOT NULL)
    """


@register
class VisitNeverHappened(Detector):
    name = "visit_never_happened"
    label = _("Planned visit never happened")
    cause = _("The appointment is past and the technician never started.")
    action = _("Ask the technician, or plan again")
    subject = "workorders.workorder"
    url_name = "workorders:work_order_detail"
    after = timedelta(hours=12)
    query = f"""
        SELECT w.id, w.id, w.number || ' · ' || c.name, {JOB_PROMISE}, missed.at
          FROM workorders_workorder w
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN LATERAL (SELECT min(upper(a.period)) AS at FROM planning_assignment a
                         WHERE a.work_order_id = w.id AND a.active AND upper(a.period) < %(limit)s
                           AND NOT EXISTS (SELECT 1 FROM field_visit v WHERE v.assignment_id = a.id
                                              AND v.status NOT IN ('assigned', 'travelling'))) missed ON true
         WHERE w.status IN ('planned', 'in_progress') AND missed.at IS NOT NULL
    """


@register
class IntakeVisitNeverHappened(Detector):
    name = "intake_visit_never_happened"
    label = _("Planned intake visit never happened")
    cause = _("The intake visit is past and no report came in.")
    action = _("Ask the technician, or plan again")
    subject = "intake.request"
    url_name = "intake:request_detail"
    after = timedelta(hours=12)
    query = """
        SELECT r.id, r.id, r.number || ' · ' || c.name, 0, max(upper(a.period))
          FROM intake_request r
          JOIN customers_customer c ON c.id = r.customer_id
          JOIN planning_assignment a ON a.request_id = r.id AND a.active
         WHERE r.status = 'planned'
         GROUP BY r.id, r.number, c.name
        HAVING max(upper(a.period)) < %(limit)s
    """


@register
class NoNewAppointment(Detector):
    name = "no_new_appointment"
    label = _("No access, no new appointment")
    cause = _("The technician could not get in, and no new appointment was made.")
    action = _("Plan a new appointment")
    subject = "workorders.workorder"
    url_name = "workorders:work_order_detail"
    after = timedelta(days=1)
    query = f"""
        SELECT w.id, w.id, w.number || ' · ' || c.name, {JOB_PROMISE}, last.at
          FROM workorders_workorder w
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN LATERAL (SELECT coalesce(max(at), w.created_at) AS at FROM core_auditevent
                         WHERE subject_type = 'workorders.workorder' AND subject_id = w.id
                           AND verb = 'workorder.miss') last ON true
         WHERE w.status = 'missed' AND last.at < %(limit)s
    """


@register
class DeviationOpen(Detector):
    name = "deviation_open"
    label = _("Deviation without follow-up")
    cause = _("The technician reported something, and nobody said what was done about it.")
    action = _("Follow up")
    subject = "field.deviation"
    url_name = "field:deviation_follow_up"
    after = timedelta(days=1)
    query = """
        SELECT d.id, d.id, w.number || ' · ' || left(d.text, 80), 0, d.at
          FROM field_deviation d JOIN field_visit v ON v.id = d.visit_id
          JOIN workorders_workorder w ON w.id = v.work_order_id
         WHERE d.followed_up_at IS NULL AND d.at < %(limit)s AND w.status <> 'cancelled'
    """


@register
class ClockRunning(Detector):
    name = "clock_running"
    label = _("Clock left running")
    cause = _(
        "A technician's clock runs for longer than any working day: its hours cannot be billed like this."
    )
    action = _("Ask the technician, then correct it in the review")
    subject = "field.timeentry"
    url_name = "workorders:work_order_detail"
    after = timedelta(hours=12)
    # At most a working day is at risk; what runs on is nobody's work.
    query = """
        SELECT t.id, w.id, w.number || ' · ' || u.name, 8 * %(rate)s, t.started_at
          FROM field_timeentry t JOIN field_visit v ON v.id = t.visit_id
          JOIN workorders_workorder w ON w.id = v.work_order_id
          JOIN technicians_technician p ON p.id = v.technician_id JOIN accounts_user u ON u.id = p.user_id
         WHERE t.ended_at IS NULL AND t.started_at < %(limit)s
    """


@register
class PhoneToDecide(Detector):
    name = "phone_to_decide"
    label = _("Phone events to decide")
    cause = _("A technician's phone sent what no longer fits the job: it may be work that nobody bills.")
    action = _("Decide")
    subject = "accounts.user"
    url_name = "field:event_list"
    url_needs_id = False
    after = timedelta(hours=1)
    query = """
        SELECT u.id, u.id, u.name || ' · ' || count(*), 0, min(e.received_at)
          FROM field_fieldevent e JOIN accounts_user u ON u.id = e.user_id
         WHERE e.state = 'to_decide'
         GROUP BY u.id, u.name HAVING min(e.received_at) < %(limit)s
    """
