"""What the office types about invoices."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core.formats import day, money
from apps.core.money import line_net
from apps.core.number_fields import AmountField, CountField, NumberField, UnitPriceField
from apps.core.refusals import Forbidden, Refused
from apps.core.sure import AsksOnce
from apps.invoicing import rules
from apps.invoicing.actions.losses import (
    change_check,
    given_up,
    given_up_of,
    given_up_on,
    gives_up_credited,
    has_no_job,
    line_given_up,
)
from apps.invoicing.actions.payments import paid_on_check
from apps.invoicing.models import Invoice, InvoiceLine, PaymentMethod
from apps.materials.models import Unit
from apps.materials.rules import much_of
from apps.pricing.lookup import usual_price
from apps.pricing.models import RateKind, VatCode
from apps.review.actions.losses import loss_check

# A line is typed under its own id: one that a colleague adds or takes off moves no other.
LINE = "line"
# What is set off has a page of its own.
METHODS = [choice for choice in PaymentMethod.choices if choice[0] != PaymentMethod.SET_OFF]


def _amount_checked(form: forms.Form) -> dict[str, Any]:
    """Quantity and price together must make an amount that can be."""
    given = form.cleaned_data
    quantity, price = given.get("quantity"), given.get("unit_price")
    if quantity is not None and price is not None and rules.is_too_much(quantity, price):
        form.add_error("unit_price", _("Quantity × price is more than an invoice can hold. A typing error?"))
    return given


class InvoiceForm(forms.ModelForm):
    """What a draft says beside its lines."""

    class Meta:
        model = Invoice
        fields = ("reference", "payment_term_days", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    payment_term_days = CountField(label=gettext_lazy("Payment term (days)"), most=120)
    note = forms.CharField(
        label=gettext_lazy("Text on the invoice"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LineForm(AsksOnce, forms.Form):
    """One line of a draft. Only a free line may change its quantity and price."""

    description = forms.CharField(label=gettext_lazy("Description"), max_length=300)
    quantity = NumberField(label=gettext_lazy("Quantity"))
    unit_price = UnitPriceField(label=gettext_lazy("Unit price"))

    def __init__(self, *args: Any, line: InvoiceLine, by: User, **kwargs: Any) -> None:
        self.line, self.by = line, by
        self.about = line.description
        kwargs["prefix"] = f"{LINE}-{line.pk}"
        names = ("description", "quantity", "unit_price")
        kwargs["initial"] = {name: getattr(line, name) for name in names}
        super().__init__(*args, **kwargs)
        if not line.is_free:
            self.fields["quantity"].disabled = self.fields["unit_price"].disabled = True

    def clean(self) -> dict[str, Any]:
        given = _amount_checked(self)
        quantity, price = given.get("quantity"), given.get("unit_price")
        if quantity and price and quantity * price < 0 and self.line.is_free and not self.line.reason:
            self.add_error("unit_price", _("A discount is a line of its own, with its reason: add it below."))
        elif quantity is not None and price is not None and self.line.is_free:
            self._check_loss(line_net(quantity, price, self.line.discount))
        self.ask_far("unit_price", self.line.unit_price, _("the price until now"))
        self.ask_above("quantity", much_of(self.line.unit))
        return given

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed of what may change."""
        names = ("description", "quantity", "unit_price") if self.line.is_free else ("description",)
        return {name: self.cleaned_data[name] for name in names}

    def _check_loss(self, net: Decimal) -> None:
        if net < self.line.net and gives_up_credited(self.line, net):
            self.add_error(
                "unit_price",
                _("It was credited, and is asked anew here: say why it is less in a line of its own."),
            )
            return
        try:
            change_check(self.line, net, by=self.by)
        except Forbidden as forbidden:
            self.add_error("unit_price", str(forbidden))


def lines_typed(data: QueryDict, lines: Iterable[InvoiceLine], *, by: User) -> list[LineForm]:
    """A form for each line of which something was typed: one that came since the page was fetched stays as it is."""
    return [LineForm(data, line=line, by=by) for line in lines if f"{LINE}-{line.pk}-description" in data]


def lines_gone(data: QueryDict, lines: Iterable[InvoiceLine]) -> bool:
    """Whether something was typed of a line that is no longer on the draft."""
    typed = {name.split("-")[1] for name in data if re.fullmatch(rf"{LINE}-\d+-description", name)}
    return bool(typed - {str(line.pk) for line in lines})


class FreeLineForm(AsksOnce, forms.Form):
    """A line that no job recorded."""

    description = forms.CharField(label=gettext_lazy("Description"), max_length=300)
    quantity = NumberField(label=gettext_lazy("Quantity"), initial=1)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=Unit.choices, initial=Unit.PIECE)
    unit_price = UnitPriceField(label=gettext_lazy("Unit price"), digits=10)
    vat_code = forms.ModelChoiceField(
        label=gettext_lazy("VAT"), queryset=VatCode.objects.none(), empty_label=None
    )

    reason = forms.CharField(
        label=gettext_lazy("Reason, for a discount"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "A price below zero is a discount: say why. It does not stand on the invoice."
        ),
    )

    def __init__(self, *args: Any, invoice: Invoice, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice, self.by = invoice, by
        codes = VatCode.objects.filter(active=True)
        self.fields["vat_code"].queryset = codes  # type: ignore[attr-defined]
        self.fields["vat_code"].initial = codes.filter(is_default=True).values_list("pk", flat=True).first()

    def clean_quantity(self) -> Decimal:
        quantity: Decimal = self.cleaned_data["quantity"]
        if quantity == 0:
            raise forms.ValidationError(_("Give a quantity."))
        return quantity

    def clean(self) -> dict[str, Any]:
        given = _amount_checked(self)
        if (given.get("unit_price") or 0) * (given.get("quantity") or 0) < 0:
            if not given.get("reason", "").strip():
                self.add_error("reason", _("Say why the invoice asks less."))
            try:
                net = line_net(given["quantity"], given["unit_price"])
                loss_check(self.by, given_up_on(self.invoice) - net)
            except Forbidden as forbidden:
                self.add_error("unit_price", str(forbidden))
        if given.get("unit") == Unit.HOUR:
            self.ask_far("unit_price", lambda: usual_price(rate_kind=RateKind.NORMAL), _("the hourly rate"))
        self.ask_above("quantity", much_of(given.get("unit")))
        return given


class GiveUpForm(forms.Form):
    """Why a credited line that is asked anew is asked no longer."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def __init__(self, *args: Any, line: InvoiceLine, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.by = line, by

    def clean_reason(self) -> str:
        try:
            loss_check(self.by, line_given_up(self.line))
        except Forbidden as forbidden:
            raise forms.ValidationError(str(forbidden)) from forbidden
        reason: str = self.cleaned_data["reason"]
        return reason


class SendForm(forms.Form):
    to_address = forms.EmailField(label=gettext_lazy("To"))


class CancelForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class ReverseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=140)


class CreditForm(forms.Form):
    """Which lines to take back, and why; the reason stands on the credit note."""

    lines = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Lines"),
        queryset=InvoiceLine.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Tick at least one line."),
            "invalid_choice": gettext_lazy("One of these lines is credited already. Choose again."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, as the customer reads it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    # Only of an invoice without a job: any other job has back what was credited.
    again = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        choices=[
            ("yes", gettext_lazy("Invoice it again: the lines stand on a new draft")),
            ("no", gettext_lazy("Give it up, for this reason")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, invoice: Invoice, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.invoice = by, invoice
        self.fields["lines"].queryset = invoice.lines.filter(live=True)  # type: ignore[attr-defined]
        if not has_no_job(invoice):
            del self.fields["again"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("again") == "no":
            try:
                lost = given_up(given.get("lines", ()))
                loss_check(self.by, lost + given_up_of([self.invoice.pk]))
            except Forbidden as forbidden:
                self.add_error("again", str(forbidden))
        return given

    @property
    def is_again(self) -> bool:
        return bool(self.cleaned_data.get("again", "yes") == "yes")


class PaymentForm(AsksOnce, forms.Form):
    """Money that came in; below zero when it went back. More than is open is asked about: the rest is owed."""

    amount = AmountField(label=gettext_lazy("Amount"))
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS)
    paid_on = forms.DateField(
        label=gettext_lazy("Paid on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=140, required=False)
    # What was open when the form was shown: a colleague may be recording the same payment.
    seen = AmountField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, invoice: Invoice, left: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice, self.left = invoice, left

    @property
    def is_too_much(self) -> bool:
        """Whether somebody said that more than is open came in."""
        return "amount" in self.doubts

    def clean(self) -> dict[str, Any]:
        given, due = self.cleaned_data, max(self.left, rules.ZERO)
        amount, seen = given.get("amount"), given.get("seen")
        bill = self.invoice.number is not None and not self.invoice.is_credit_note
        # What changed meanwhile, and what is no bill, the action refuses.
        if bill and amount is not None and amount > due and seen in (None, self.left):
            sentence = (
                _(
                    "%(value)s is %(more)s more than is open on %(invoice)s: that is then to refund. Is that right?"
                )
                if due
                else _("Nothing is open on %(invoice)s: %(value)s is then to refund. Is that right?")
            )
            words = {"value": "%(value)s", "more": money(amount - due), "invoice": self.invoice}
            self.ask_above("amount", due, sentence % words)
        if bill:
            self._ask_early()
        return given

    def _ask_early(self) -> None:
        """Paid on the spot, before there was an invoice, happens; a wrong month is typed more often."""
        if self.invoice.issue_date is not None:
            words = {"value": "%(value)s", "invoice": self.invoice, "date": day(self.invoice.issue_date)}
            sentence = _("On %(value)s %(invoice)s was not there yet: it is of %(date)s. Is that right?")
            self.ask_before("paid_on", self.invoice.issue_date, sentence % words)

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError(_("Give an amount."))
        return amount

    def clean_paid_on(self) -> date:
        paid_on: date = self.cleaned_data["paid_on"]
        try:
            paid_on_check(self.invoice, paid_on)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return paid_on


class OpenInvoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        words = {"number": obj.number, "amount": money(obj.open), "day": day(obj.due_date)}
        return _("%(number)s: %(amount)s open, to be paid by %(day)s") % words


class SetOffForm(forms.Form):
    """Another invoice of the customer that takes what is owed; the one that is due first to begin with."""

    against = OpenInvoiceField(
        label=gettext_lazy("Invoice"), queryset=Invoice.objects.none(), empty_label=None
    )
    seen = AmountField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Invoice.objects.unpaid().filter(customer=invoice.customer_id).exclude(pk=invoice.pk)
        rows = others.with_open().order_by("due_date", "pk")
        self.fields["against"].queryset = rows  # type: ignore[attr-defined]
