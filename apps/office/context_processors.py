"""What every page of the office needs around its content."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": {"groups": [], "tabs": []}}
