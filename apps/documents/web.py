"""Answering with a file. Whoever calls this has checked that the user may see it."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from apps.documents.models import StoredFile

# What a browser may show in the page; anything else is offered as a download.
SHOWN = {"image/jpeg", "image/png", "application/pdf"}


def file_response(file: StoredFile, *, thumbnail: bool = False, download: bool = False) -> FileResponse:
    path = file.thumbnail_path if thumbnail and file.thumbnail_path else file.path
    try:
        opened = default_storage.open(path, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    content_type = "image/jpeg" if path == file.thumbnail_path else file.content_type
    response = FileResponse(
        opened,
        as_attachment=download or content_type not in SHOWN,
        filename=file.name,
        content_type=content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    # A browser that holds the file asks whether it still may see it, and is not sent it again.
    response["ETag"] = f'"{file.sha256}{"-small" if path == file.thumbnail_path else ""}"'
    return response
