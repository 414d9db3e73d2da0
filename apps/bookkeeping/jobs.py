"""What the worker does for packages."""

from procrastinate.contrib.django import app

from apps.bookkeeping.actions import package_make
from apps.bookkeeping.models import PackageRun
from apps.core.database import OFFICE, as_role
from apps.core.refusals import Refused
from apps.invoicing.actions import documents_make
from apps.invoicing.models import Invoice


@app.task(name="bookkeeping.package")
def package(run_id: int) -> None:
    """Make the documents one by one, each in a transaction of its own so that progress shows; then the package."""
    with as_role(OFFICE):
        run = PackageRun.objects.select_related("requested_by").get(pk=run_id)
    if run.package_id or run.error:
        return
    wanted = Invoice.objects.filter(pk__in=run.invoice_ids)
    if "pdf" in run.contents:
        for done, pk in enumerate(run.invoice_ids, 1):
            with as_role(OFFICE):
                documents_make(invoice=Invoice.objects.get(pk=pk))
                PackageRun.objects.filter(pk=run_id).update(done=done)
    try:
        with as_role(OFFICE, user_id=run.requested_by_id):
            made = package_make(by=run.requested_by, contents=run.contents, invoices=list(wanted))
            PackageRun.objects.filter(pk=run_id).update(package=made, done=run.total)
    except Refused as refused:
        with as_role(OFFICE):
            PackageRun.objects.filter(pk=run_id).update(error=str(refused))
