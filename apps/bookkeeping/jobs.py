"""What the worker does for packages."""

from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from apps.bookkeeping.actions import package_make
from apps.bookkeeping.models import PackageRun
from apps.core.database import OFFICE, as_role
from apps.core.queue import Patience
from apps.core.refusals import Refused
from apps.core.trouble import disk_is_full
from apps.invoicing.actions import documents_make
from apps.invoicing.models import Invoice


@app.task(name="bookkeeping.package", retry=Patience())
def package(run_id: int) -> None:
    """Make the documents one by one, each in a transaction of its own so that progress shows; then the package."""
    with as_role(OFFICE):
        run = PackageRun.objects.select_related("requested_by").get(pk=run_id)
    if run.package_id or run.error:
        return
    try:
        with translation.override(run.requested_by.language):
            _make(run)
    except (Refused, OSError) as error:
        if isinstance(error, OSError) and not disk_is_full(error):
            raise
        with translation.override(run.requested_by.language):
            full = _("The disk is full, so the package was not made.")
        why = str(error) if isinstance(error, Refused) else full
        with as_role(OFFICE):
            PackageRun.objects.filter(pk=run_id).update(error=why)


def _make(run: PackageRun) -> None:
    if "pdf" in run.contents:
        for done, pk in enumerate(run.invoice_ids, 1):
            with as_role(OFFICE):
                documents_make(invoice=Invoice.objects.get(pk=pk))
                PackageRun.objects.filter(pk=run.pk).update(done=done)
    with as_role(OFFICE, user_id=run.requested_by_id):
        wanted = list(Invoice.objects.filter(pk__in=run.invoice_ids))
        made = package_make(by=run.requested_by, contents=run.contents, invoices=wanted)
        PackageRun.objects.filter(pk=run.pk).update(package=made, done=run.total)
