"""What the phone's templates ask for."""

from apps.field.models import PhoneSettings


def photo_side() -> int:
    """The long side in pixels of a photo that a phone sends."""
    found = PhoneSettings.objects.values_list("photo_side", flat=True).first()
    return found or PhoneSettings().photo_side
