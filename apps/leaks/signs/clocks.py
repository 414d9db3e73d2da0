"""Hours that cannot be right."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.leaks.signs.base import Sign, register

LONGEST = timedelta(hours=10)

_WHOSE = """
          JOIN field_visit v ON v.id = t.visit_id
          JOIN workorders_workorder w ON w.id = v.work_order_id
          JOIN technicians_technician p ON p.id = v.technician_id JOIN accounts_user u ON u.id = p.user_id
"""


@register
class ClockRunning(Sign):
    name = "clock_running"
    label = _("Clock left running")
    cause = _(
        "A technician's clock runs for longer than any working day: its hours cannot be billed like this."
    )
    action = _("Ask the technician, then correct it in the review")
    subject = "field.timeentry"
    url_name = "workorders:work_order_detail"
    after = LONGEST
    # At most a working day is at stake; what runs on is nobody's work.
    query = f"""
        SELECT t.id, w.id, w.number || ' · ' || u.name, 8 * %(rate)s, t.started_at
          FROM field_timeentry t {_WHOSE}
         WHERE t.ended_at IS NULL AND t.started_at < %(limit)s
    """


@register
class ClockLong(Sign):
    name = "clock_long"
    label = _("Clock stopped after ten hours")
    cause = _(
        "More than ten hours in one stretch stand on a job that is not invoiced: somebody forgot to stop."
    )
    action = _("Ask the technician, then correct it in the review")
    subject = "field.timeentry"
    url_name = "review:review_detail"
    query = f"""
        SELECT t.id, w.id, w.number || ' · ' || u.name,
               extract(epoch FROM t.ended_at - t.started_at) / 3600 * %(rate)s, t.ended_at
          FROM field_timeentry t {_WHOSE}
         WHERE t.ended_at - t.started_at > interval '10 hours' AND t.kind <> 'pause'
           AND w.status NOT IN ('ready_for_invoicing', 'invoiced', 'closed', 'cancelled')
    """


@register
class ClocksOverlap(Sign):
    name = "clocks_overlap"
    label = _("Clocks of one technician overlap")
    cause = _("One person was at two jobs at the same time: some of these hours are billed twice.")
    action = _("Ask the technician, then correct it in the review")
    subject = "field.timeentry"
    url_name = "review:review_detail"
    query = f"""
        SELECT t.id, w.id, w.number || ' · ' || u.name,
               extract(epoch FROM least(t.ended_at, o.ended_at) - t.started_at) / 3600 * %(rate)s, t.started_at
          FROM field_timeentry t {_WHOSE}
          JOIN LATERAL (
            SELECT max(e.ended_at) AS ended_at FROM field_timeentry e
             WHERE e.technician_id = t.technician_id AND e.kind <> 'pause'
               AND e.started_at <= t.started_at AND e.ended_at > t.started_at
               AND (e.started_at, e.id) < (t.started_at, t.id)) o ON o.ended_at IS NOT NULL
         WHERE t.ended_at IS NOT NULL AND t.kind <> 'pause'
           AND w.status NOT IN ('ready_for_invoicing', 'invoiced', 'closed', 'cancelled')
    """


@register
class HoursOnNoJob(Sign):
    """Their euros stand in no stage: nobody knows yet on which job."""

    name = "hours_on_no_job"
    label = _("Work by hand, on no job")
    cause = _(
        "A technician entered work or travel by hand. It is paid, stands on no job, and nobody bills it."
    )
    action = _("Ask which job it was, note it in its review, and return the week so that it counts once")
    subject = "timesheets.handtime"
    url_name = "timesheets:week_detail"
    query = """
        SELECT h.id, k.id, u.name || ' · ' || left(h.reason, 80), h.hours * %(rate)s, h.at
          FROM timesheets_handtime h
          JOIN timesheets_week k ON k.id = h.week_id
          JOIN technicians_technician p ON p.id = k.technician_id JOIN accounts_user u ON u.id = p.user_id
         WHERE h.kind IN ('work', 'travel') AND k.status IN ('submitted', 'approved')
    """
