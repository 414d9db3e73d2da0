"""Documents that belong to a job: a drawing, a manual."""

from django.db import transaction

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.documents.actions import document_store
from apps.workorders.models import WorkOrder, WorkOrderFile


def work_order_file_add(
    *,
    work_order: WorkOrder,
    content: bytes,
    name: str,
    content_type: str,
    by: Actor,
    for_technician: bool = False,
) -> WorkOrderFile:
    """Put a document with the job; its technicians see it when it is for them. Raises Refused when it is empty or too large."""
    with transaction.atomic():
        stored = document_store(content=content, name=name, content_type=content_type, by=by)
        kept = WorkOrderFile.objects.create(work_order=work_order, file=stored, for_technician=for_technician)
        audit_record(work_order, verb="workorder.file_add", by=by, data={"name": stored.name})
    return kept


def work_order_file_share(*, file: WorkOrderFile, by: Actor, shared: bool) -> None:
    """Let the technicians of the job see a document, or no longer."""
    with transaction.atomic():
        file.for_technician = shared
        file.save(update_fields=["for_technician"])
        verb = "workorder.file_share" if shared else "workorder.file_unshare"
        audit_record(file.work_order, verb=verb, by=by, data={"name": file.file.name})


def work_order_file_remove(*, file: WorkOrderFile, by: Actor) -> None:
    """Take a document away from the job; the stored bytes stay."""
    with transaction.atomic():
        audit_record(file.work_order, verb="workorder.file_remove", by=by, data={"name": file.file.name})
        file.delete()
