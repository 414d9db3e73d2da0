"""What goes to the bookkeeper: numbered packages that never change, of invoices that are marked as exported."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.bookkeeping.querysets import PackageQuerySet, PackageRunQuerySet, WaitingLineQuerySet
from apps.core import clock
from apps.core.fields import MoneyField
from apps.core.models import one_of
from apps.documents.models import StoredFile
from apps.invoicing.models import Invoice, Payment
from apps.pricing.models import VatCode


class Package(models.Model):
    """One export. Frozen as soon as it exists."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    contents = models.JSONField(_("what is in it"), default=list)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    invoice_count = models.PositiveIntegerField(_("invoices"))
    net = MoneyField(_("net"))
    vat = MoneyField(_("VAT"))
    total = MoneyField(_("total"))
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.number


class PackageLine(models.Model):
    """That an invoice, or the state of its payment, was exported in a package."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="lines")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="package_lines")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    net = MoneyField()
    vat = MoneyField()
    total = MoneyField()
    paid = MoneyField()

    class Meta:
        verbose_name = _("line of a package")
        verbose_name_plural = _("lines of packages")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(payment__isnull=True), name="invoice_exported_once"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=models.Q(payment__isnull=False), name="payment_exported_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package} {self.invoice}"


class WaitingLine(models.Model):
    """A line of the next package: an issued invoice, or a payment, that no package holds yet. Postgres keeps it (waiting.sql)."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="waiting_lines")
    payment = models.ForeignKey(Payment, models.CASCADE, null=True, related_name="waiting_lines")
    net = MoneyField()
    vat = MoneyField()
    total = MoneyField()
    paid = MoneyField()

    objects = WaitingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the next package")
        verbose_name_plural = _("lines of the next package")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(payment__isnull=True), name="invoice_waits_once"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=models.Q(payment__isnull=False), name="payment_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.invoice)


class PackageRun(models.Model):
    """The making of a large package in the background, with how far it is."""

    contents = models.JSONField(default=list)
    invoice_ids = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    package = models.ForeignKey(Package, models.PROTECT, null=True, related_name="+")
    error = models.TextField(_("error"), blank=True)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PackageRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("making of a package")
        verbose_name_plural = _("making of packages")

    def __str__(self) -> str:
        return f"{self.done} / {self.total}"


class LedgerUse(models.TextChoices):
    REVENUE = "revenue", _("Revenue")
    VAT = "vat", _("VAT")
    RECEIVABLE = "receivable", _("Receivables")
    BANK = "bank", _("Bank")


class LedgerAccount(models.Model):
    """Which account of the bookkeeper's chart an amount belongs on."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=80)
    use = models.CharField(_("used for"), max_length=10, choices=LedgerUse)
    vat_code = models.ForeignKey(VatCode, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        ordering = ["code"]
        constraints = [one_of("use", LedgerUse, "ledger_account_use")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
