"""Whom the company works for, and where."""

from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from apps.company.models import Address
from apps.core import clock
from apps.core.models import Versioned, one_of
from apps.core.search import SearchWords
from apps.core.telephone_fields import TelephoneColumn
from apps.customers.querysets import (
    ContactQuerySet,
    CustomerQuerySet,
    EquipmentQuerySet,
    SiteQuerySet,
)


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Private person")
    COMPANY = "company", _("Company")


class Customer(Versioned, Address):
    """A person or a company. The address is where invoices go; work is done at a site."""

    events = {
        "site": _("Site added"),
        "site_change": _("Site changed"),
        "contact": _("Contact added"),
        "contact_change": _("Contact changed"),
        "contact_remove": _("Contact removed"),
        "equipment": _("Equipment added"),
        "equipment_change": _("Equipment changed"),
        "deactivate": _("No longer active"),
        "hand_over": _("What is open goes on"),
        "activate": _("Active again"),
    }

    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = TelephoneColumn(_("telephone"))
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    kvk_number = models.CharField(_("Chamber of Commerce number"), max_length=8, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    payment_term_days = models.PositiveSmallIntegerField(_("payment term (days)"), null=True, blank=True)
    reverse_charge = models.BooleanField(
        _("reverse charge"),
        default=False,
        help_text=_("VAT is accounted for by the customer (btw verlegd). Needs the customer's VAT number."),
    )
    remarks = models.TextField(_("remarks"), blank=True)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=clock.now)
    search_words = SearchWords()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(fields=["kind"], condition=models.Q(active=True), name="customer_active"),
            models.Index(fields=["id"], condition=models.Q(active=False), name="customer_out_of_use"),
            # what a possible duplicate is found by
            models.Index(Upper("name"), name="customer_same_name"),
            models.Index(fields=["email"], name="customer_same_email"),
            models.Index(fields=["phone"], name="customer_same_phone"),
            models.Index(fields=["postal_code"], name="customer_same_postal_code"),
        ]
        constraints = [
            one_of("kind", CustomerKind, "customer_kind"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="customer_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(reverse_charge=False) | ~models.Q(vat_number=""),
                name="reverse_charge_needs_vat_number",
                violation_error_message=_("Reverse charge needs the customer's VAT number."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Versioned):
    """Someone to call or write to at a customer."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = TelephoneColumn(_("telephone"))
    role = models.CharField(_("role"), max_length=60, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Site(Versioned, Address):
    """Where the work is done."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites")
    name = models.CharField(_("name"), max_length=80, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    access_notes = models.TextField(_("access"), blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["city", "street", "house_number"]
        indexes = [models.Index(fields=["postal_code"], name="site_postal_code")]

    @property
    def route_url(self) -> str:
        """The way to it, in the telephone's own maps."""
        if self.latitude is not None and self.longitude is not None:
            where = f"{self.latitude},{self.longitude}"
        else:
            where = f"{self.street_line}, {self.postal_code} {self.city}, {self.get_country_display()}"
        return f"https://www.google.com/maps/dir/?api=1&destination={quote(where)}"

    def __str__(self) -> str:
        return f"{self.street_line}, {self.city}"


class Equipment(Versioned):
    """A device at a site that is serviced: boiler, heat pump, air handling unit."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="equipment")
    kind = models.CharField(_("kind"), max_length=60)
    make = models.CharField(_("make"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    serial_number = models.CharField(_("serial number"), max_length=60, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)

    objects = EquipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ["kind", "make"]

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.make, self.model) if part)
