"""Everything that changes prices, rates and VAT codes. A new price gets a new row: old ones stay."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.versions import edition_lock, version_lock
from apps.materials.actions import category_get, material_change, material_create
from apps.materials.models import Material
from apps.pricing import rules
from apps.pricing.book import windows
from apps.pricing.importing import Plan, Row, plan_make
from apps.pricing.models import MaterialPrice, PricingPolicy, Rate, RateWindow, TechnicianRate, VatCode
from apps.technicians.models import Technician


def vat_code_save(*, by: Actor, code: VatCode, version: int | None = None) -> VatCode:
    """Keep a new or changed VAT code; the default one is the default alone. What was made with it keeps its rate."""
    with transaction.atomic():
        if code.pk is not None:
            version_lock(code, version)
        if code.is_default:
            VatCode.objects.filter(is_default=True).exclude(pk=code.pk).update(is_default=False)
        created = code.pk is None
        code.save()
        audit_record(code, verb="vatcode.create" if created else "vatcode.change", by=by)
    return code


def vat_codes_start(*, by: Actor, codes: Sequence[VatCode]) -> int:
    """Make the codes with which a company begins; one that is here already stays as it is. How many were made."""
    with transaction.atomic():
        known = set(VatCode.objects.values_list("code", flat=True))
        missing = [one for one in codes if one.code not in known]
        for code in missing:
            vat_code_save(by=by, code=code)
    return len(missing)


def rates_start(*, by: Actor, rates: Iterable[tuple[str, Decimal, str]]) -> None:
    """The rates with which a company begins: (kind, price, unit), with the VAT that holds unless another is chosen.

    The first of a kind also holds for work that was done before it was set. Raises Refused without a VAT code.
    """
    with transaction.atomic():
        vat_code = VatCode.objects.filter(is_default=True).first()
        if vat_code is None:
            raise Refused(_("A rate needs a VAT code: make one first."))
        known = set(Rate.objects.values_list("kind", flat=True))
        today = clock.today()
        for kind, price, unit in rates:
            first = today if kind in known else today.replace(year=today.year - 1, month=1, day=1)
            rate_set(by=by, kind=kind, price=price, vat_code=vat_code, unit=unit, valid_from=first)


def rate_set(
    *,
    by: Actor,
    kind: str,
    price: Decimal,
    vat_code: VatCode,
    unit: str,
    valid_from: date | None = None,
    version: int | None = None,
) -> Rate:
    """What an hour (or a call-out) of this kind is asked at from a day on."""
    with transaction.atomic():
        edition_lock(Rate, version)
        rate, _created = Rate.objects.update_or_create(
            kind=kind,
            valid_from=valid_from or clock.today(),
            defaults={"price": price, "vat_code": vat_code, "unit": unit},
        )
        audit_record(rate, verb="rate.set", by=by)
    return rate


def rate_hours_add(
    *, by: Actor, kind: str, days: Iterable[int], starts: int, ends: int, valid_from: date | None = None
) -> None:
    """Hours of this kind on these days (1 is Monday, 8 a holiday), from a minute until another; `ends` at or before
    `starts` is on the next day. They hold from `valid_from` on, as long as nothing later is set: what stands there then
    gives way, and what was worked before keeps the hours of its day.

    Raises Refused for hours of a holiday that go on after midnight: which day comes then is not known.
    """
    since = valid_from or clock.today()
    with transaction.atomic():
        edition_lock(RateWindow, None)
        week = windows(since)
        for day in sorted(set(days)):
            for window in _hours_of(day, starts, ends, kind):
                week = rules.painted(week, window)
        RateWindow.objects.filter(valid_from=since).delete()
        rows = RateWindow.objects.bulk_create(
            [
                RateWindow(valid_from=since, day=one.day, starts=one.starts, ends=one.ends, kind=one.kind)
                for one in week
            ]
        )
        told = {
            "kind": kind,
            "days": sorted(set(days)),
            "from": starts,
            "until": ends,
            "valid_from": since.isoformat(),
        }
        audit_record(rows[0], verb="ratewindow.add", by=by, data=told)


def _hours_of(day: int, starts: int, ends: int, kind: str) -> list[rules.Window]:
    """Within their days: over midnight they are two."""
    if starts < ends:
        return [rules.Window(day, starts, ends, kind)]
    if ends and day == rules.HOLIDAY:
        raise Refused(_("Hours of a holiday end at midnight. Set those of the day after by its weekday."))
    evening = rules.Window(day, starts, rules.DAY_LONG, kind)
    return [evening, rules.Window(day % 7 + 1, 0, ends, kind)] if ends else [evening]


def material_price_set(
    *,
    by: Actor,
    material: Material,
    cost: Decimal,
    price: Decimal,
    vat_code: VatCode,
    valid_from: date | None = None,
    version: int | None = None,
) -> MaterialPrice:
    """What a material costs and is sold at from a day on."""
    with transaction.atomic():
        edition_lock(MaterialPrice, version)
        row, _created = MaterialPrice.objects.update_or_create(
            material=material,
            valid_from=valid_from or clock.today(),
            defaults={"cost": cost, "price": price, "vat_code": vat_code},
        )
        audit_record(material, verb="material.price", by=by)
    return row


def catalogue_import(*, rows: list[Row], digest: str, by: Actor, sure: bool = False) -> Plan:
    """Bring the catalogue in line with the rows of a file; rows in error are left out, and unless `sure` those in doubt.

    `digest` is that of the plan that was looked at: raises Refused when the outcome would now be another.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pricing.catalogue_import'))")
        plan = plan_make(rows, may_price=by.may("manage_rates"))
        if plan.digest != digest:
            raise Refused(
                _("The catalogue was changed meanwhile. Upload the file again and look at the changes.")
            )
        for row in plan.to_write(sure=sure):
            fields = dict(row.fields)
            if "category" in fields:
                fields["category"] = category_get(name=fields["category"])
            material = row.material
            if material is None:
                material = material_create(by=by, code=row.code, **fields)
            elif fields:
                material_change(material=material, by=by, **fields)
            if row.price:
                material_price_set(by=by, material=material, **row.price)
    return plan


def technician_rate_set(
    *,
    by: Actor,
    technician: Technician,
    cost: Decimal,
    price: Decimal | None = None,
    valid_from: date | None = None,
    version: int | None = None,
) -> TechnicianRate:
    """What an hour of a technician costs the company from a day on."""
    with transaction.atomic():
        edition_lock(TechnicianRate, version)
        row, _created = TechnicianRate.objects.update_or_create(
            technician=technician,
            valid_from=valid_from or clock.today(),
            defaults={"cost": cost, "price": price},
        )
        audit_record(technician, verb="technician.rate", by=by)
    return row


def policy_set(*, by: Actor, version: int | None = None, **fields: Any) -> PricingPolicy:
    """The rounding of charged time."""
    with transaction.atomic():
        policy = version_lock(PricingPolicy(pk=1), version)
        assign(policy, fields)
        policy.save()
        audit_record(policy, verb="pricingpolicy.change", by=by, data={"fields": sorted(fields)})
    return policy
