"""Work about which somebody has to say something."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.leaks.signs.base import Sign, register


@register
class HoursAboveSold(Sign):
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
         WHERE w.status NOT IN ('ready_for_invoicing', 'invoiced', 'closed', 'cancelled')
           AND w.sold_hours > 0 AND worked.hours > w.sold_hours + extra.hours + 0.01
           -- what the reviewer decided is no sign any more
           AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.work_order_id = w.id
                              AND b.proposal = 'above_sold' AND b.decided_at IS NOT NULL)
    """


@register
class ExcessIncluded(Sign):
    name = "excess_included"
    label = _("Hours above sold, included")
    cause = _("Hours above the sold ones were covered by the agreed price, which does not cover them.")
    action = _("Look at the decision again")
    subject = "workorders.workorder"
    url_name = "review:review_detail"
    query = """
        SELECT w.id, w.id, w.number || ' · ' || c.name, sum(b.net), min(b.decided_at)
          FROM review_billable b
          JOIN workorders_workorder w ON w.id = b.work_order_id
          JOIN customers_customer c ON c.id = w.customer_id
         WHERE b.proposal IN ('above_sold', 'above_agreed') AND b.fate = 'included' AND b.decided_at IS NOT NULL
           AND w.status IN ('in_review', 'ready_for_invoicing')
         GROUP BY w.id, w.number, c.name
    """


@register
class OverUse(Sign):
    name = "over_use"
    label = _("More used than agreed, at a fixed price")
    cause = _("The hours and parts of this job are worth more than the price that was agreed for it.")
    action = _("Look whether it was extra work")
    subject = "workorders.workorder"
    url_name = "review:review_detail"
    query = """
        SELECT w.id, w.id, w.number || ' · ' || c.name, sums.used - sums.agreed, sums.last
          FROM workorders_workorder w
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN LATERAL (
            SELECT coalesce(sum(b.recorded_net) FILTER (WHERE b.kind IN ('time', 'material')), 0) AS used,
                   coalesce(sum(b.recorded_net) FILTER (WHERE b.kind IN ('agreed', 'call_out')), 0) AS agreed,
                   max(b.created_at) AS last
              FROM review_billable b WHERE b.work_order_id = w.id) sums ON true
         WHERE w.billing_basis = 'fixed_price' AND sums.agreed > 0 AND sums.used > sums.agreed
           AND w.status NOT IN ('ready_for_invoicing', 'invoiced', 'closed', 'cancelled')
    """


@register
class NotPriced(Sign):
    name = "not_priced"
    label = _("Recorded, not priced")
    cause = _("The work of this job could not be priced: something is wrong with its records or prices.")
    action = _("Look at the work order")
    subject = "workorders.workorder"
    url_name = "workorders:work_order_detail"
    after = timedelta(minutes=30)
    query = """
        SELECT w.id, w.id, w.number || ' · ' || c.name, 0, min(t.ended_at)
          FROM review_stalejob s
          JOIN workorders_workorder w ON w.id = s.work_order_id
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN field_visit v ON v.work_order_id = w.id
          JOIN field_timeentry t ON t.visit_id = v.id AND t.ended_at < %(limit)s AND t.kind <> 'pause'
         WHERE NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.time_entry_id = t.id)
         GROUP BY w.id, w.number, c.name
    """


@register
class IntakeVisitNeverHappened(Sign):
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
class DeviationOpen(Sign):
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
class PhoneToDecide(Sign):
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


@register
class PhoneHolds(Sign):
    """Of what was recorded, and is nowhere yet: nobody knows what it is worth until it arrives."""

    name = "phone_holds"
    label = _("Phone holds what was recorded")
    cause = _(
        "A technician's phone holds work, photos or a signature for longer than it may: nobody can bill it."
    )
    action = _("Call the technician")
    subject = "accounts.user"
    url_name = "technicians:technician_detail"
    query = """
        SELECT u.id, t.id, u.name || ' · ' || sum(h.photos + h.things), 0, min(h.since)
          FROM field_phoneholding h
          JOIN accounts_user u ON u.id = h.user_id
          JOIN technicians_technician t ON t.user_id = u.id
         GROUP BY u.id, t.id, u.name
        HAVING min(h.since) < %(now)s - make_interval(hours => coalesce((SELECT holds_hours FROM field_phonesettings), 4))
    """


@register
class PhoneSetAside(Sign):
    """Work that somebody decided not to count, without a right to write off: what it was worth is seen by whoever has it."""

    name = "phone_set_aside"
    label = _("Recorded on a phone, set aside")
    cause = _(
        "The office set aside what a technician recorded: parts, extra work or hours that nobody bills."
    )
    action = _("Look at the decision again")
    subject = "planning.assignment"
    url_name = "field:event_of_visit"
    # Each stretch of time from what began it to what ended it, as the pipeline counts what is not decided yet.
    query = """
        WITH aside AS (
          SELECT e.assignment_id, e.kind, e.occurred_at, e.decided_at, e.payload ->> 'material' AS material,
                 CASE WHEN said.number ~ '^[0-9]{1,6}([.,][0-9]{1,3})?$' THEN replace(said.number, ',', '.')::numeric END AS number,
                 lag(e.kind) OVER stretch AS began, lag(e.occurred_at) OVER stretch AS began_at
            FROM field_fieldevent e
            CROSS JOIN LATERAL (
              SELECT e.payload ->> CASE WHEN e.kind = 'extra_work' THEN 'hours' ELSE 'quantity' END AS number) said
           WHERE e.state = 'decided' AND e.decision <> ''
             AND e.kind IN ('material', 'extra_work', 'travel', 'turn_back', 'start', 'resume', 'pause', 'stop', 'finish', 'goes_on', 'no_access', 'hold')
          WINDOW stretch AS (PARTITION BY e.assignment_id, e.user_id, e.kind IN ('material', 'extra_work') ORDER BY e.occurred_at, e.id)
        )
        SELECT a.id, a.id, w.number || ' · ' || c.name, round(sum(worth.euros), 2), min(e.decided_at)
          FROM aside e
          JOIN planning_assignment a ON a.id = e.assignment_id
          JOIN workorders_workorder w ON w.id = a.work_order_id
          JOIN customers_customer c ON c.id = w.customer_id
          LEFT JOIN materials_material m ON e.kind = 'material' AND m.id::text = e.material
          CROSS JOIN LATERAL (SELECT CASE
            WHEN e.kind = 'material' THEN e.number * wt_material_price(m.id, e.occurred_at)
            WHEN e.kind = 'extra_work' THEN e.number * %(rate)s
            WHEN e.began IN ('start', 'resume', 'travel') THEN extract(epoch FROM e.occurred_at - e.began_at) / 3600 * %(rate)s
          END AS euros) worth
         GROUP BY a.id, w.number, c.name HAVING sum(worth.euros) > 0
    """


@register
class MaintenanceOverdue(Sign):
    name = "maintenance_overdue"
    label = _("Maintenance overdue")
    cause = _("The time in which a contract asks for a visit is past, and nobody was there.")
    action = _("Plan the visit, move it, or skip it with a reason")
    subject = "maintenance.contractvisit"
    url_name = "maintenance:visit_detail"
    query = """
        SELECT v.id, v.id, w.number || ' · ' || c.name, p.price, (v.window_until + 1)::timestamptz
          FROM maintenance_contractvisit v
          JOIN workorders_workorder w ON w.id = v.work_order_id
          JOIN customers_customer c ON c.id = w.customer_id
          JOIN maintenance_jobprice p ON p.work_order_id = w.id
         WHERE v.skipped_at IS NULL AND v.window_until < %(today)s
           AND w.status NOT IN ('ready_for_review', 'in_review', 'ready_for_invoicing', 'invoiced', 'closed')
    """
