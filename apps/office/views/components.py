"""The living components page: every part of the interface in every state, for those who build with them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.web import requires
from apps.office import components as specimens


@requires("see_office")
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "office/components.html", specimens.context(clock.now()))


@requires("see_office")
@require_safe
def components_list(request: HttpRequest, number: str = "") -> HttpResponse:
    """A list with its detail, as every screen of the office has it."""
    return render(request, "office/components_list.html", specimens.list_context(clock.now(), number))


@requires("see_office")
@require_safe
def components_phone(request: HttpRequest) -> HttpResponse:
    """A job on the phone."""
    found = specimens.phone_context()
    return render(request, "office/components_phone.html", found | {"shell": {"tabs": found["tabs"]}})
