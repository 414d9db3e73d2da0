"""What is done with a whole job from its page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.workorders.forms import ReasonForm
from apps.workorders.models import WorkOrder


def order_act(
    request: HttpRequest, pk: int, act: Callable[..., Any], *, template: str, said: str
) -> HttpResponse:
    """Do `act` with a job for the reason that was given, and say so. Without one `template` asks for it."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, template, {"order": order, "form": form}, status=422)
    act(work_order=order, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, said % {"number": order.number})
    return redirect("workorders:work_order_detail", pk)
