"""Sales that are about to be lost, and prices that lose money."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.leaks.detectors.base import Detector, register


@register
class QuoteWithoutOrder(Detector):
    name = "quote_without_order"
    label = _("Accepted quote without work order")
    cause = _("The customer said yes, and there is no work order that is carried out.")
    action = _("Make the work order")
    subject = "quotes.quote"
    url_name = "quotes:quote_detail"
    query = """
        SELECT q.id, q.id, q.number || ' · ' || c.name, a.net, a.at
          FROM quotes_quote q
          JOIN customers_customer c ON c.id = q.customer_id
          JOIN quotes_acceptance a ON a.version_id = q.current_id
          LEFT JOIN workorders_workorder w ON w.id = q.work_order_id
         WHERE q.status = 'accepted' AND (w.id IS NULL OR w.status = 'cancelled')
    """


@register
class IntakeWithoutFollowUp(Detector):
    name = "intake_without_follow_up"
    label = _("Intake without quote or order")
    cause = _("The intake report came in, and the customer heard nothing since.")
    action = _("Make a quote or a work order")
    subject = "intake.request"
    url_name = "intake:request_detail"
    after = timedelta(days=2)
    query = """
        SELECT r.id, r.id, r.number || ' · ' || c.name,
               coalesce(p.hours, 0) * %(rate)s + coalesce((
                 SELECT sum(e.quantity * mp.price) FROM intake_materialestimate e
                   JOIN LATERAL (SELECT price FROM pricing_materialprice WHERE material_id = e.material_id
                                    AND valid_from <= %(today)s ORDER BY valid_from DESC LIMIT 1) mp ON true
                  WHERE e.report_id = p.id), 0),
               coalesce(p.handed_in_at, r.created_at)
          FROM intake_request r
          JOIN customers_customer c ON c.id = r.customer_id
          LEFT JOIN intake_intakereport p ON p.request_id = r.id
         WHERE r.status = 'received' AND coalesce(p.handed_in_at, r.created_at) < %(limit)s
    """


@register
class QuoteExpires(Detector):
    name = "quote_expires"
    label = _("Quote about to expire")
    cause = _("The quote is valid for a few days more, and the customer did not answer.")
    action = _("Call the customer")
    subject = "quotes.quote"
    url_name = "quotes:quote_detail"
    query = """
        SELECT q.id, q.id, q.number || ' · ' || c.name, v.net, v.frozen_at
          FROM quotes_quote q
          JOIN customers_customer c ON c.id = q.customer_id
          JOIN quotes_quoteversion v ON v.id = q.current_id
         WHERE q.status = 'sent' AND v.valid_until BETWEEN %(today)s AND %(today)s + 5
    """


@register
class ExtraWorkNotInvoiced(Detector):
    name = "extra_work_not_invoiced"
    label = _("Approved extra work not invoiced")
    cause = _("The customer approved extra work, and it stands on no invoice.")
    action = _("Review and invoice")
    subject = "field.extrawork"
    url_name = "review:review_detail"
    after = timedelta(days=7)
    query = """
        SELECT e.id, w.id, w.number || ' · ' || left(o.description, 80), o.net, o.answered_at
          FROM review_extraworkoffer o
          JOIN field_extrawork e ON e.id = o.extra_work_id
          JOIN field_visit v ON v.id = e.visit_id
          JOIN workorders_workorder w ON w.id = v.work_order_id
         WHERE o.status = 'approved' AND o.answered_at < %(limit)s
           AND NOT EXISTS (
             SELECT 1 FROM review_billable b
              WHERE b.extra_work_id = e.id AND (
                b.fate = 'written_off' AND b.decided_at IS NOT NULL
                OR EXISTS (SELECT 1 FROM invoicing_invoiceline l JOIN invoicing_invoice i ON i.id = l.invoice_id
                            WHERE l.billable_id = b.id AND l.live AND i.number IS NOT NULL)))
    """


@register
class MaterialUnpriced(Detector):
    name = "material_unpriced"
    label = _("Material without a sales price")
    cause = _("Technicians can use this material, and nobody knows what to ask for it.")
    action = _("Set a price")
    subject = "materials.material"
    url_name = "materials:material_detail"
    query = """
        SELECT m.id, m.id, m.code || ' · ' || m.name, 0, coalesce(min(u.at), %(now)s)
          FROM materials_material m
          LEFT JOIN field_materialusage u ON u.material_id = m.id
         WHERE (m.active AND m.visible_to_technician OR EXISTS (
           -- out of use, and still used in work that nobody billed
           SELECT 1 FROM field_materialusage o
            WHERE o.material_id = m.id AND NOT EXISTS (SELECT 1 FROM review_billable b WHERE b.material_usage_id = o.id)))
           AND NOT EXISTS (
           SELECT 1 FROM pricing_materialprice p
            WHERE p.material_id = m.id AND p.valid_from <= %(today)s AND p.price > 0)
         GROUP BY m.id, m.code, m.name
    """


@register
class SoldBelowCost(Detector):
    name = "sold_below_cost"
    label = _("Sold below cost")
    cause = _("A part is about to be invoiced for less than it cost.")
    action = _("Change the price in the review, or accept the loss")
    subject = "review.billable"
    url_name = "review:review_detail"
    query = """
        SELECT b.id, w.id, w.number || ' · ' || b.description,
               (b.unit_cost - b.unit_price * (100 - b.discount) / 100) * b.quantity, b.created_at
          FROM review_billable b JOIN workorders_workorder w ON w.id = b.work_order_id
         WHERE b.kind = 'material' AND b.fate = 'billable' AND b.quantity > 0
           AND b.unit_price * (100 - b.discount) / 100 < b.unit_cost
           AND w.status IN ('in_review', 'ready_for_invoicing')
    """
