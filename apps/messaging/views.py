"""Notes, notices and mails that are sent again."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.numbers import pk_read
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.messaging import actions, rules
from apps.messaging.forms import NoteForm, ResendForm, SettleForm
from apps.messaging.models import Message, Notice

# As many as are shown at once; the unread ones first, so that each can be reached.
NOTICES = 100


def _next(request: HttpRequest) -> str:
    """Where the form came from, if that is one of our own pages."""
    given = request.POST.get("next", "")
    return given if url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}) else "/"


def _about(request: HttpRequest, label: str, pk: int) -> Any:
    """The record that is discussed, if the user may see it; its own queryset decides."""
    try:
        model = apps.get_model(label)
        rows = model._default_manager.for_user(request.user)
    except (LookupError, ValueError, AttributeError) as error:
        raise Http404 from error
    return get_object_or_404(rows, pk=pk)


@requires("see_office")
@require_POST
def note_add(request: HttpRequest, about: str, pk: int) -> HttpResponse:
    subject = _about(request, about, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise Refused(_("A note needs a text of at most 4,000 characters."))
    text = form.cleaned_data["text"]
    colleagues = get_user_model().objects.active()
    named = rules.mentioned(text, colleagues.values_list("pk", "name", "initials"))
    actions.note_add(
        about=subject,
        text=text,
        by=request.user,
        url=_next(request),
        mentions=colleagues.filter(pk__in=named),
    )
    return redirect(_next(request))


@requires("send_messages")
@require_http_methods(["GET", "POST"])
def message_resend(request: HttpRequest, pk: int) -> HttpResponse:
    message = _message(request, pk)
    form = ResendForm(request.POST or None, initial={"to_address": message.to_address})
    if request.method == "POST" and form.is_valid():
        actions.message_resend(message=message, by=request.user, to_address=form.cleaned_data["to_address"])
        messages.success(request, _("The mail is on its way again."))
        return redirect("office:home")
    return _not_arrived(request, message, form, SettleForm())


@requires("send_messages")
@require_POST
def message_settle(request: HttpRequest, pk: int) -> HttpResponse:
    message, form = _message(request, pk), SettleForm(request.POST)
    if form.is_valid():
        actions.message_settle(message=message, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The mail is settled: nobody has to look at it any more."))
        return redirect("office:home")
    return _not_arrived(request, message, ResendForm(initial={"to_address": message.to_address}), form)


def _message(request: HttpRequest, pk: int) -> Message:
    return get_object_or_404(Message.objects.for_user(request.user), pk=pk)


def _not_arrived(
    request: HttpRequest, message: Message, form: ResendForm, settle: SettleForm
) -> HttpResponse:
    """What can be done about a mail: send it again, or say that it is not needed any more."""
    context = {"message": message, "form": form, "settle": settle}
    status = 422 if request.method == "POST" else 200
    return render(request, "messaging/message_resend.html", context, status=status)


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """One's own notices, the unread ones first."""
    own = Notice.objects.for_user(request.user)
    notices = list(own.order_by(F("read_at").desc(nulls_first=True), "-at", "-pk")[:NOTICES])
    context = {
        "notices": notices,
        "unread": own.unread().count(),
        "newest": max((one.pk for one in notices), default=0),
    }
    page = "notice_list" if request.user.may("see_office") else "phone_notices"
    return render(request, f"messaging/{page}.html", context)


@require_POST
def notice_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read without going anywhere."""
    actions.notice_read(notice=get_object_or_404(Notice.objects.for_user(request.user), pk=pk))
    return redirect("messaging:notice_list")


@require_POST
def notice_mark_all(request: HttpRequest) -> HttpResponse:
    """Empty the bell of all that there was when the page was shown."""
    actions.notices_read(user=request.user, newest=pk_read(request.POST.get("newest")) or 0)
    return redirect("messaging:notice_list")


@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(Notice.objects.for_user(request.user), pk=pk)
    actions.notice_read(notice=notice)
    return redirect(notice.url or "messaging:notice_list")
