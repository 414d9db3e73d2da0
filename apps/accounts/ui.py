"""What a page for somebody who is not logged in asks of the installation."""

from apps.accounts.models import User


def nobody_manages() -> bool:
    """Whether the installation is new: there is nobody who could invite somebody."""
    return not User.objects.managing().exists()
