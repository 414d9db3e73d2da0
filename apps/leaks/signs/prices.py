"""Prices that lose money."""

from django.utils.translation import gettext_lazy as _

from apps.leaks.signs.base import Sign, register


@register
class MaterialUnpriced(Sign):
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
           -- out of use, and still used in work that nobody decided about
           SELECT 1 FROM field_materialusage o
            WHERE o.material_id = m.id AND NOT EXISTS (
              SELECT 1 FROM review_billable b WHERE b.material_usage_id = o.id AND b.decided_at IS NOT NULL)))
           AND wt_material_price(m.id, %(now)s) = 0
         GROUP BY m.id, m.code, m.name
    """


@register
class PartWithoutPrice(Sign):
    name = "part_without_price"
    label = _("Part without a price")
    cause = _("A technician used a part that is not in the catalogue, and nobody said yet what it is worth.")
    action = _("Price it in the review")
    subject = "field.materialusage"
    url_name = "review:review_detail"
    query = """
        SELECT u.id, w.id, w.number || ' · ' || u.description, 0, u.at
          FROM field_materialusage u
          JOIN field_visit v ON v.id = u.visit_id
          JOIN workorders_workorder w ON w.id = v.work_order_id
         WHERE u.material_id IS NULL AND NOT EXISTS (
           SELECT 1 FROM review_billable b WHERE b.material_usage_id = u.id AND b.price_source <> '')
    """


@register
class UndecidedWithoutPrice(Sign):
    """What a phone reported and nobody decided: a part in words, or one without a price, counts for nothing in its stage."""

    name = "undecided_without_price"
    label = _("Part without a price, not decided")
    cause = _(
        "A phone reported a part that did not fit the job, and nobody knows what to ask for it: it counts € 0."
    )
    action = _("Decide, then price it in the review")
    subject = "planning.assignment"
    url_name = "field:event_of_visit"
    query = """
        SELECT a.id, a.id, w.number || ' · ' || string_agg(part.name, ', ' ORDER BY e.received_at, e.id), 0, min(e.received_at)
          FROM field_fieldevent e
          JOIN planning_assignment a ON a.id = e.assignment_id
          JOIN workorders_workorder w ON w.id = a.work_order_id
          LEFT JOIN materials_material m ON e.kind = 'material' AND m.id::text = e.payload ->> 'material'
          CROSS JOIN LATERAL (SELECT coalesce(m.name, e.payload ->> 'description', '?') AS name) part
         WHERE e.state = 'to_decide'
           AND (e.kind = 'material_other' OR e.kind = 'material' AND coalesce(wt_material_price(m.id, e.received_at), 0) = 0)
         GROUP BY a.id, w.number
    """


@register
class SoldBelowCost(Sign):
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
         WHERE b.kind = 'material' AND b.fate = 'billable' AND NOT b.claimed AND b.quantity > 0
           AND b.unit_price * (100 - b.discount) / 100 < b.unit_cost
    """


@register
class PriceNearNothing(Sign):
    name = "price_near_nothing"
    label = _("Price near nothing")
    cause = _("Something is about to be invoiced at a tenth of its list price or less.")
    action = _("Change the price in the review, or accept the loss")
    subject = "review.billable"
    url_name = "review:review_detail"
    query = """
        SELECT b.id, w.id, w.number || ' · ' || b.description, b.recorded_net - b.net, b.created_at
          FROM review_billable b JOIN workorders_workorder w ON w.id = b.work_order_id
         WHERE b.fate = 'billable' AND NOT b.claimed AND b.quantity > 0 AND b.list_price > 0
           AND b.unit_price * (100 - b.discount) <= b.list_price * 10
    """


@register
class FreeLineCredited(Sign):
    name = "free_line_credited"
    label = _("Free line credited")
    cause = _(
        "A line that somebody typed on an invoice without a job was credited, and no later invoice asks for it."
    )
    action = _("Invoice it anew, or note that it is settled")
    subject = "invoicing.invoiceline"
    url_name = "invoicing:invoice_detail"
    query = """
        SELECT l.id, i.id, i.number || ' · ' || l.description, l.net, n.issued_at
          FROM invoicing_invoiceline l
          JOIN invoicing_invoice i ON i.id = l.invoice_id AND i.kind = 'invoice' AND i.number IS NOT NULL
          JOIN invoicing_invoiceline c ON c.credited_line_id = l.id
          JOIN invoicing_invoice n ON n.id = c.invoice_id AND n.number IS NOT NULL
         WHERE l.billable_id IS NULL AND c.billable_id IS NULL AND NOT l.live AND l.net > 0
           -- neither given up with a reason, nor on a draft anew
           AND c.reason = '' AND NOT EXISTS (SELECT 1 FROM invoicing_invoiceline r WHERE r.rebills_id = l.id)
    """
