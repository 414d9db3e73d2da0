"""What every page needs around its content. Lazy: a page without a rail pays nothing."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.core.middleware import PHONE_PREFIX
from apps.office import shell as shells


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def user(self) -> Any:
        return getattr(self.request, "user", None)

    @property
    def groups(self) -> list[Any]:
        if self.request.path.startswith(PHONE_PREFIX) or not self.user or not self.user.may("see_office"):
            return []
        return shells.groups(self.request)

    @property
    def tabs(self) -> list[Any]:
        return shells.tabs(self.request) if self.user and self.user.may("record_work") else []

    @property
    def home_url(self) -> str:
        return shells.address("office:home")

    @property
    def search_url(self) -> str:
        return shells.address("office:search") if self.user and self.user.may("see_office") else ""

    @property
    def theme_url(self) -> str:
        return shells.address("office:theme")

    @property
    def language_url(self) -> str:
        return shells.address("office:language")

    @property
    def phone_url(self) -> str:
        return shells.address("phone:today") if self.user and self.user.may("record_work") else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
