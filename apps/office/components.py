"""The specimens of the living components page: made-up data, shown with the real parts."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.number_fields import HoursField
from apps.core.ui.atoms import icon_names

# Each part: its name, and the line that a template writes for it.
LINES = {
    "buttons": '{{ action_button(address, "Accept", verb="accept", obj=one, tone="go", icon="check", key="a") }}',
    "confirm": '{% call confirm(url=…, label="Cancel", title="Cancel F26-0412?", tone="danger") %}what, to whom{% endcall %}',
    "counters": "{{ counter_strip(counters) }}   {label, value, url, current, tone}",
    "filters": '{{ filter_bar(filters, target="list") }}',
    "table": '<table class="list"> · {{ sort_header("number", "Number") }} · <a class="row" href="…">',
    "pager": '{{ part("pager", summary=…, previous_url=…, next_url=…) }}',
    "split": '<div class="split"><div class="list" id="list">…</div><aside class="detail" id="detail">…</aside></div>',
    "panel": '{% call panel("W26-1190", note="VvE Parkzicht") %}{% call section("Hours") %}…{% endcall %}{% endcall %}',
    "facts": '<dl class="facts"><dt>…</dt><dd>…</dd></dl>   class="facts totals" for sums',
    "tags": "{{ tag(order.label, order.tone) }}   tones: g a r b n",
    "people": "{{ person(user) }}   {{ people(technicians) }}",
    "ribbon": "{{ ribbon(chain) }}   {label, url, state: done|current|todo|skipped, note}",
    "timeline": "{{ timeline(events) }}   {at, who, label, reason, url, tone}",
    "versus": '<table class="versus">…</table>   {{ fate_bar(parts) }}   {label, value, text, tone}',
    "form": "{{ form_errors(form) }}{{ field(form.name) }}   or {{ form }}",
    "formset": '<table class="list formset">…{{ field(row.quantity) }}…</table>',
    "callouts": '{% call callout("warn", title="…") %}…{% endcall %}',
    "empty": '{{ empty_state("No work orders yet", "…", icon="wrench", url=…, label=…) }}',
    "progress": '{{ progress(done, total, "Making PDFs") }}',
    "photos": '{{ part("photos", photos=…) }}   {url, thumb, alt, caption, tag, tone}',
    "files": '{{ part("files", files=…) }}   {{ part("thread", notes=…) }}',
    "tabs": '<nav class="tabs"><a aria-current="page" href="…">Scope</a>…</nav>',
    "dialog": '<button class="btn" data-open="id">…</button>{% call dialog("id", "…") %}…{% endcall %}',
    "toasts": "messages.success(request, …) · dispatch toast {text, kind} from a script",
    "steps": '{{ part("steps", steps=…) }}   {label, note, url, state: done|waiting|now|todo|later|returned}',
    "signature": '{{ part("signature", name="signature") }} + signature-pad.js',
    "capture": '{{ part("capture", name="photos") }} + photo-preview.js',
    "formats": "{{ amount|money }} {{ hours|hours }} {{ n|quantity(unit) }} {{ at|day }} {{ at|clock }} {{ at|moment }}",
    "icons": '{{ icon("wrench") }}',
}


class SpecimenForm(forms.Form):
    """One of each kind of field."""

    customer = forms.CharField(
        label=gettext_lazy("Customer"), max_length=120, help_text=gettext_lazy("Name as on the invoice.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[
            ("leak", gettext_lazy("Leak")),
            ("boiler", gettext_lazy("Boiler")),
            ("drain", gettext_lazy("Drain")),
        ],
    )
    sold_hours = HoursField(label=gettext_lazy("Sold hours"), least=0)
    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        widget=forms.RadioSelect,
        choices=[
            ("normal", gettext_lazy("Normal")),
            ("today", gettext_lazy("Today")),
            ("now", gettext_lazy("Now, water is running")),
        ],
    )
    description = forms.CharField(
        label=gettext_lazy("What is the matter?"), widget=forms.Textarea(attrs={"rows": 3})
    )
    confirm_mail = forms.BooleanField(label=gettext_lazy("Mail the customer a confirmation"), required=False)


def _filled_form() -> SpecimenForm:
    return SpecimenForm(
        initial={
            "customer": "VvE Parkzicht",
            "kind": "boiler",
            "sold_hours": "14.00",
            "urgency": "normal",
            "confirm_mail": True,
        }
    )


def _wrong_form() -> SpecimenForm:
    typed = {"customer": "", "email": "h.vermeer@", "kind": "boiler", "sold_hours": "-2", "urgency": "normal"}
    return SpecimenForm({f"wrong-{name}": value for name, value in typed.items()}, prefix="wrong")


def _orders(now: datetime) -> list[dict[str, Any]]:
    rows = [
        ("W26-1183", "Bakkerij Van Dongen", "Oven extraction, Tilburg", 8, ["Tim Kuiper"], ("a", _("Over sold hours")), "482.50"),
        ("W26-1190", "VvE Parkzicht", "Boiler replacement, Breda", 7, ["Tim Kuiper", "Zeno Bakker"], ("a", _("Extra work open")), "3916.20"),
        ("W26-1192", "Mevr. A. de Wit", "Leak under sink, Breda", 6, ["Jamila Mansouri"], ("g", _("Ready for review")), "143.00"),
        ("W26-1195", "Tandartspraktijk Molenbeek", "Yearly maintenance, Etten-Leur", 6, ["Jamila Mansouri"], ("g", _("Ready for review")), "265.00"),
        ("W26-1197", "Stichting Woonbelang", "Ventilation, 6 units, Roosendaal", 5, ["Piet Smeets", "Lotte Hendriks"], ("r", _("After photo missing")), "1870.00"),
        ("W26-1201", "Garage Jansen B.V.", "Compressor line, Oosterhout", 4, ["Zeno Bakker"], ("b", _("Sent by phone 12 min ago")), "634.75"),
        ("W26-1204", "Hotel Zuid", "Third floor, pressure loss", 3, ["Lotte Hendriks"], ("n", _("On hold")), "0.00"),
    ]  # fmt: skip
    return [
        {
            "number": number, "customer": customer, "about": about, "done": now - timedelta(days=ago),
            "technicians": technicians, "tone": tone, "status": status, "amount": Decimal(amount),
        }
        for number, customer, about, ago, technicians, (tone, status), amount in rows
    ]  # fmt: skip


def _chain() -> list[dict[str, Any]]:
    names = [
        _("Request"),
        _("Quote"),
        _("Order"),
        _("Visits"),
        _("Review"),
        _("Invoice"),
        _("Paid"),
        _("Package"),
    ]
    return [
        {
            "label": name,
            "state": "done" if at < 4 else "current" if at == 4 else "todo",
            "url": "#ribbon" if at < 5 else "",
        }
        for at, name in enumerate(names)
    ]


def _history(now: datetime) -> list[dict[str, Any]]:
    return [
        {"at": now - timedelta(hours=2), "who": "Tim Kuiper", "label": _("Signed by H. Vermeer; 2 events came late from the phone")},
        {"at": now - timedelta(hours=4), "who": "Tim Kuiper", "label": _("Extra work recorded"), "reason": _("drain relocated, 2 h")},
        {"at": now - timedelta(hours=6), "who": "Petra de Vries", "label": _("Double booking allowed"), "reason": _("urgent, customer agreed"), "tone": "r"},
        {"at": now - timedelta(hours=11), "who": "Zeno Bakker", "label": _("Started, before photos taken")},
    ]  # fmt: skip


def _photo(shade: str) -> str:
    """A small drawn picture, so that the specimen needs no file."""
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 160'%3E"
        f"%3Crect width='160' height='160' fill='%23{shade}'/%3E%3Cpath d='M40 40h80v60H92v30H68v-30H40z' fill='none' "
        "stroke='%23fff' stroke-width='6' stroke-opacity='.7'/%3E%3C/svg%3E"
    )


def list_context(now: datetime, chosen: str = "") -> dict[str, Any]:
    """A list of work orders with one of them open beside it."""
    orders = _orders(now)
    return {
        "counters": [
            {"label": _("To plan"), "value": 7, "url": "?status=to_plan"},
            {"label": _("Planned this week"), "value": 23, "url": "?status=planned"},
            {"label": _("In progress now"), "value": 6, "url": "?status=in_progress"},
            {"label": _("Ready for review"), "value": 9, "url": "?", "current": True},
            {"label": _("Action required"), "value": 3, "url": "?status=action_required", "tone": "r"},
        ],
        "filters": {
            "placeholder": _("Number, customer, street…"),
            "chips": [{"label": _("Ready for review"), "url": "?", "current": True}, {"label": _("SLA at risk"), "url": "?sla=1", "count": 2}],
            "selects": [
                {"name": "technician", "label": _("Technician"), "options": [(1, "Tim Kuiper"), (2, "Jamila Mansouri")], "value": ""},
                {"name": "region", "label": _("Region"), "options": [("west", "West"), ("mid", "Midden")], "value": ""},
            ],
            "views": [{"name": _("My reviews"), "url": "?view=1"}],
            "save_url": "#",
            "exports": [("CSV", "#"), ("XLSX", "#")],
            "summary": _("7 of 1,284 · waiting longest first"),
        },
        "orders": orders,
        "chosen": next((order for order in orders if order["number"] == chosen), None),
        "chain": _chain(),
        "history": _history(now),
        "fates": [
            {"label": _("To invoice"), "value": Decimal("3180"), "text": "€ 3.180,00", "tone": "w"},
            {"label": _("Included"), "value": Decimal("410"), "text": "€ 410,00", "tone": "n"},
            {"label": _("Open"), "value": Decimal("326.20"), "text": "€ 326,20", "tone": "a"},
        ],
    }  # fmt: skip


def phone_context() -> dict[str, Any]:
    """The job page of a technician halfway through the day."""
    return {
        "steps": [
            {"label": _("Travel"), "note": "07:38 – 08:06", "state": "done", "url": "#"},
            {
                "label": _("Before photos"),
                "note": _("4 photos, waiting to be sent"),
                "state": "waiting",
                "url": "#",
            },
            {
                "label": _("Working"),
                "note": _("Checklist 5 of 9 · materials 3"),
                "state": "now",
                "clock": "2:14",
                "url": "#",
            },
            {
                "label": _("Extra work"),
                "note": _("Anything beyond the agreement?"),
                "state": "todo",
                "url": "#",
            },
            {
                "label": _("Issue"),
                "note": _("Something that the office must know?"),
                "state": "todo",
                "url": "#",
            },
            {"label": _("After photos"), "note": _("At least 2"), "state": "later"},
            {"label": _("Signature"), "note": _("H. Vermeer, or why not"), "state": "later"},
        ],
        "tabs": [
            {"label": _("Today"), "icon": "list", "url": "#", "current": True},
            {"label": _("Agenda"), "icon": "calendar", "url": "#", "current": False},
            {"label": _("Materials"), "icon": "box", "url": "#", "current": False},
            {"label": _("Me"), "icon": "user", "url": "#", "current": False, "count": 1},
        ],
    }


def context(now: datetime) -> dict[str, Any]:
    """Everything that the components page shows."""
    return list_context(now, "W26-1190") | {
        "lines": LINES,
        "now": now,
        "form": _filled_form(),
        "wrong_form": _wrong_form(),
        "steps": phone_context()["steps"] + [{"label": _("Materials"), "note": _("The office asks: which size?"), "state": "returned"}],
        "photos": [
            {"url": _photo("3f7d84"), "thumb": _photo("3f7d84"), "alt": _("Before: the old boiler"), "caption": _("Before"), "tag": _("Waiting"), "tone": "a"},
            {"url": _photo("7a6a3c"), "thumb": _photo("7a6a3c"), "alt": _("Before: the drain"), "caption": _("Before")},
            {"url": _photo("4f6b52"), "thumb": _photo("4f6b52"), "alt": _("After: the new boiler"), "caption": _("After")},
        ],
        "files": [{"name": "Offerte Q26-0311 v2.pdf", "url": "#files", "note": "184 kB"}, {"name": "Werkbon W26-1190.pdf", "url": "#files", "note": "96 kB"}],
        "notes": [
            {"who": "Bram Visser", "at": now - timedelta(hours=26), "text": _("Mr Vermeer prefers mornings; the key is at number 14.")},
            {"who": "Petra de Vries", "at": now - timedelta(hours=3), "text": _("Second technician added for the afternoon.")},
        ],
        "tones": [("g", _("Ready for review")), ("a", _("Over sold hours")), ("r", _("Action required")), ("b", _("Sent by phone")), ("n", _("On hold"))],
        "technicians": ["Tim Kuiper", "Jamila Mansouri", "Piet Smeets", "Lotte Hendriks"],
        "icons": icon_names(),
        "amount": Decimal("3916.20"),
        "loss": Decimal("-1234.56"),
        "worked": timedelta(hours=16, minutes=15),
        "length": Decimal("12.50"),
    }  # fmt: skip
