"""Packages for the bookkeeper: what was not exported yet, once, numbered and hashed."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.bookkeeping import rules
from apps.bookkeeping.content import gather, sign
from apps.bookkeeping.models import Package, PackageLine, PackageRun
from apps.bookkeeping.querysets import invoices_to_export, payments_to_export
from apps.bookkeeping.rules import ALL
from apps.bookkeeping.writer import package_write
from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.numbering import PACKAGE, number_take
from apps.core.queue import job_defer
from apps.core.refusals import Forbidden, Refused
from apps.documents.actions import file_store
from apps.invoicing.models import Invoice

# One package at a time: two that overlap would both hold the same invoices.
_LOCK = 727060


def package_make(
    *, by: Actor, contents: Collection[str] = ALL, invoices: Iterable[Invoice] | None = None
) -> Package:
    """Export everything that is in no package yet, or the given invoices of it; with the new payments.

    Raises Refused when there is nothing to export, or an invoice was exported already.
    """
    if not by.may("export_package"):
        raise Forbidden(_("You may not do this."))
    chosen = frozenset(contents) & ALL
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        company = Company.objects.select_related("logo").row()
        if company is None:
            raise Refused(_("Fill in the company's details first."))
        found = _chosen(by, invoices)
        money = _payments(by, found, chosen)
        if not found and not money:
            raise Refused(_("Nothing is new since the last package."))
        now = clock.now()
        number = number_take(PACKAGE)
        with translation.override(company.language):
            content = gather(found, money, contents=chosen)
            archive = package_write(
                content, number=number, contents=chosen, company=company, made_at=now, by=by
            )
        file = file_store(content=archive, name=f"{number}.zip", content_type="application/zip", by=by)
        package = Package.objects.create(
            number=number,
            contents=sorted(chosen),
            file=file,
            sha256=file.sha256,
            invoice_count=content.sums.count,
            net=content.sums.net,
            vat=content.sums.vat,
            total=content.sums.total,
            created_at=now,
            created_by_id=by.pk,
        )
        PackageLine.objects.bulk_create(_lines(package, content))
        audit_record(package, verb="package.create", by=by)
    return package


def _chosen(by: Actor, invoices: Iterable[Invoice] | None) -> list[Invoice]:
    rows = invoices_to_export(by)
    if invoices is None:
        return list(rows)
    wanted = {one.pk for one in invoices}
    found = list(rows.filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Refused(
            _("One of these invoices is a draft, or was exported already. Reload and choose again.")
        )
    return found


def _payments(by: Actor, found: list[Invoice], chosen: frozenset[str]) -> list[Any]:
    """New payments of invoices that are in this package or in an earlier one."""
    if "payments" not in chosen:
        return []
    left = set(invoices_to_export(by).values_list("pk", flat=True)) - {one.pk for one in found}
    return [one for one in payments_to_export(by) if one.invoice_id not in left]


def _lines(package: Package, content: Any) -> list[PackageLine]:
    zero = Decimal("0.00")
    lines = [
        PackageLine(
            package=package,
            invoice=one,
            net=sign(one) * one.net,
            vat=sign(one) * one.vat,
            total=sign(one) * one.total,
            paid=content.paid.get(one.pk, zero),
        )
        for one in content.invoices
    ]
    lines += [
        PackageLine(
            package=package,
            invoice_id=one.invoice_id,
            payment=one,
            net=zero,
            vat=zero,
            total=zero,
            paid=one.amount,
        )
        for one in content.payments
    ]
    return lines


def package_run_start(*, by: User, contents: Collection[str], invoices: Iterable[Invoice]) -> PackageRun:
    """Make a large package in the background; its page shows how far it is."""
    if not by.may("export_package"):
        raise Forbidden(_("You may not do this."))
    pks = [one.pk for one in invoices]
    with transaction.atomic():
        run = PackageRun.objects.create(
            contents=sorted(set(contents) & rules.ALL),
            invoice_ids=pks,
            total=len(pks),
            requested_by=by,
            requested_at=clock.now(),
        )
        job_defer("bookkeeping.package", run_id=run.pk)
    return run
