"""What the worker does for files."""

from django.core.files.storage import default_storage
from procrastinate.contrib.django import app

from apps.documents import kept

HOUR = 3600.0


@app.periodic(cron="50 * * * *")
@app.task(name="documents.kept_files_forget", queueing_lock="documents.kept_files_forget")
def kept_files_forget(timestamp: int) -> None:
    kept.forget_expired()


@app.periodic(cron="41 * * * *")
@app.task(name="documents.parts_forget", queueing_lock="documents.parts_forget")
def parts_forget(timestamp: int) -> None:
    """Remove the half-written files of those that were killed; nobody writes at one for an hour."""
    default_storage.parts_forget(HOUR)  # type: ignore[attr-defined]
