"""What the worker does for files."""

from procrastinate.contrib.django import app

from apps.documents import kept


@app.periodic(cron="50 * * * *")
@app.task(name="documents.kept_files_forget", queueing_lock="documents.kept_files_forget")
def kept_files_forget(timestamp: int) -> None:
    kept.forget_expired()
