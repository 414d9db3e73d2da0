"""What the events of materials and extra work do to their visit."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from apps.core.numbers import Unreadable, event_read
from apps.field import rules
from apps.field.actions.reported import Recording, records
from apps.field.actions.visits import visit_change
from apps.field.models import ExtraWork, MaterialUsage, PhotoKind
from apps.field.rules import Unfit
from apps.materials.models import Material, Unit


@records("material")
def material(one: Recording) -> None:
    known = Material.objects.for_job(one.work_order)
    material = (Material.objects.all() if one.forced else known).filter(pk=one.pk("material"))
    found = material.first()
    if found is None:
        raise Unfit("unknown_material")
    _used(one, material=found)


@records("material_other")
def material_other(one: Recording) -> None:
    """A part in words: what it costs, nobody on site knows."""
    description, unit = one.text("description", longest=200), one.text("unit", longest=60)
    if not description:
        raise Unfit("no_text")
    if unit not in Unit.values:
        raise Unfit("not_a_choice", unit)
    photo = one.photo(PhotoKind.PART) if one.file_id else None
    _used(one, description=description, own_unit=unit, photo=photo)


def _used(one: Recording, **what: Any) -> None:
    MaterialUsage.objects.create(visit=one.visit, quantity=_amount(one), at=one.at, **what)
    if one.visit.no_materials:
        visit_change(one.visit, no_materials=False)


def _amount(one: Recording) -> Decimal:
    given = str(one.payload.get("quantity", ""))
    try:
        return event_read(given, rules.QUANTITY)
    except Unreadable as error:
        raise Unfit("not_a_number", given[:60]) from error


@records("material_remove")
def material_remove(one: Recording) -> None:
    _take_off(MaterialUsage.objects.filter(visit=one.visit, pk=one.pk("usage")))


@records("no_materials")
def no_materials(one: Recording) -> None:
    if one.visit.materials.exists():
        raise Unfit("there_are_some")
    visit_change(one.visit, no_materials=True)


@records("material_extra")
def material_extra(one: Recording) -> None:
    """A part was used for extra work, or, with an empty one, was not."""
    usage = MaterialUsage.objects.filter(visit=one.visit, pk=one.pk("usage")).first()
    wanted = one.payload.get("extra_work")
    extra = ExtraWork.objects.filter(visit=one.visit, pk=one.pk("extra_work")).first() if wanted else None
    if usage is None or (wanted and extra is None):
        raise Unfit("unknown_record")
    usage.extra_work = extra
    usage.save(update_fields=["extra_work"])


@records("extra_work")
def extra_work(one: Recording) -> None:
    if not one.forced and not one.visit.technician.may_add_extra_work:
        raise Unfit("may_not_extra")
    description = one.text("description")
    if not description:
        raise Unfit("no_text")
    given = str(one.payload.get("hours") or "0")
    try:
        hours = event_read(given, rules.HOURS)
    except Unreadable as error:
        raise Unfit("not_a_number", given[:60]) from error
    ExtraWork.objects.create(visit=one.visit, description=description, hours=hours, at=one.at)
    if one.visit.no_extra_work:
        visit_change(one.visit, no_extra_work=False)


@records("extra_work_remove")
def extra_work_remove(one: Recording) -> None:
    pk = one.pk("extra_work")
    MaterialUsage.objects.filter(visit=one.visit, extra_work=pk, extra_work__status="waiting").update(
        extra_work=None
    )
    _take_off(ExtraWork.objects.filter(visit=one.visit, status="waiting", pk=pk))


@records("no_extra_work")
def no_extra_work(one: Recording) -> None:
    if one.visit.extra_work.exists():
        raise Unfit("there_are_some")
    visit_change(one.visit, no_extra_work=True)


def _take_off(rows: Any) -> None:
    """Remove one recording. The database refuses once something above the price line refers to it."""
    try:
        with transaction.atomic():
            # Not .delete(): that would ask tables that a technician's role cannot read.
            gone = rows._raw_delete(rows.db)
    except IntegrityError as error:
        raise Unfit("in_review") from error
    if not gone:
        raise Unfit("unknown_record")
