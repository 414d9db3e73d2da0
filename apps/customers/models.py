"""Whom the company works for, and where."""

import uuid
from enum import StrEnum
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.company.models import Address
from apps.core import clock
from apps.core.degrees import position_written
from apps.core.models import Mergeable, Versioned, on_earth, one_of
from apps.core.search import SearchWords
from apps.core.telephone_fields import TelephoneColumn
from apps.customers.querysets import (
    ContactQuerySet,
    CustomerQuerySet,
    EquipmentQuerySet,
    SiteQuerySet,
    SuspectQuerySet,
)
from apps.documents.models import AttachedFile

LONGEST_SERVICE = 120  # months between two services


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Private person")
    COMPANY = "company", _("Company")


class MailPurpose(StrEnum):
    """What a customer may want to be mailed elsewhere."""

    QUOTE = "quote"
    INVOICE = "invoice"
    PLANNING = "planning"


MAIL_FIELDS = tuple(f"{one}_email" for one in MailPurpose)


class Customer(Mergeable, Address):
    """A person or a company. The address is where invoices go; work is done at a site."""

    uncounted = ("same_name", "same_address", "sort_name")
    events = {
        "site": _("Site added"),
        "site_change": _("Site changed"),
        "site_place": _("Place of a site set by hand"),
        "site_unplace": _("Place of a site by the postal code again"),
        "contact": _("Contact added"),
        "contact_change": _("Contact changed"),
        "contact_remove": _("Contact removed"),
        "equipment": _("Equipment added"),
        "equipment_change": _("Equipment changed"),
        "deactivate": _("No longer active"),
        "hand_over": _("What is open goes on"),
        "activate": _("Active again"),
        "merge": _("Another customer merged into this one"),
        "merge_undo": _("Merge undone"),
        "merge_away": _("Merged into another customer"),
        "merge_away_undo": _("A customer of its own again"),
        "apart": _("Not the same as another customer"),
    }

    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    # Where another desk of the customer reads it; empty, it goes to `email`: ask `mail_for`.
    quote_email = models.EmailField(_("e-mail for quotes"), blank=True)
    invoice_email = models.EmailField(_("e-mail for invoices"), blank=True)
    planning_email = models.EmailField(_("e-mail for appointments"), blank=True)
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
    created_at = models.DateTimeField(default=clock.now)
    # What the same customer would be called, and where they would live: `sql/same.sql` writes them.
    same_name = models.CharField(max_length=120, default="", editable=False)
    same_address = models.CharField(max_length=240, default="", editable=False)
    # By what customers sort: `sql/order.sql` writes it.
    sort_name = models.TextField(default="", editable=False)
    search_words = SearchWords()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["sort_name", "id"]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="customer_by_name"),
            models.Index(fields=["kind"], condition=models.Q(active=True), name="customer_active"),
            models.Index(fields=["id"], condition=models.Q(active=False), name="customer_out_of_use"),
            # what a possible duplicate is found by
            models.Index(fields=["same_name"], name="customer_same_name"),
            models.Index(fields=["email"], name="customer_same_email"),
            models.Index(fields=["phone"], name="customer_same_phone"),
            models.Index(fields=["same_address"], name="customer_same_address"),
        ]
        constraints = [
            one_of("kind", CustomerKind, "customer_kind"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="customer_email_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    quote_email=Lower("quote_email"),
                    invoice_email=Lower("invoice_email"),
                    planning_email=Lower("planning_email"),
                ),
                name="customer_emails_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(reverse_charge=False) | ~models.Q(vat_number=""),
                name="reverse_charge_needs_vat_number",
                violation_error_message=_("Reverse charge needs the customer's VAT number."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True)
                | models.Q(active=False) & ~models.Q(merged_into=models.F("pk")),
                name="merged_customer_is_out_of_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mail_elsewhere(self) -> list[tuple[str, str]]:
        """What does not go to `email`, and where it goes: as a page says it."""
        labels = {name: str(self._meta.get_field(name).verbose_name) for name in MAIL_FIELDS}  # type: ignore[union-attr]
        return [
            (capfirst(label), address) for name, label in labels.items() if (address := getattr(self, name))
        ]

    def mail_for(self, purpose: MailPurpose) -> str:
        """Where such mail goes; empty when they have no address for it."""
        return getattr(self, f"{purpose}_email") or self.email

    def reach(self, contact: "Contact | None", purpose: MailPurpose) -> tuple[str, str]:
        """Address and name of whoever is mailed about something: its contact, or else the customer."""
        if contact is not None and contact.email:
            return contact.email, contact.name
        return self.mail_for(purpose), self.name


class Apart(models.Model):
    """Two customers that look the same, and of whom somebody said that they are two."""

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("customers who are two")
        verbose_name_plural = _("customers who are two")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="apart_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="apart_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class Suspect(models.Model):
    """Two customers that may be one, as the view `customers_suspect` finds them, and how much they have in common."""

    id = models.TextField(primary_key=True)
    first = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="+")
    second = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="+")
    in_common = models.IntegerField()

    objects = SuspectQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "customers_suspect"
        ordering = ["-in_common", "first", "second"]
        verbose_name = _("customers who may be one")
        verbose_name_plural = _("customers who may be one")

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


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
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        return self.name


class Site(Versioned, Address):
    """Where the work is done."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites")
    name = models.CharField(_("name"), max_length=80, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    # Somebody said where it is; otherwise it is where its postal code lies, or nowhere that is known.
    placed_by_hand = models.BooleanField(default=False, editable=False)
    access_notes = models.TextField(_("access"), blank=True)
    same_address = models.CharField(max_length=240, default="", editable=False)  # `sql/same.sql` writes it

    objects = SiteQuerySet.as_manager()
    uncounted = ("same_address",)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["city", "street", "house_number"]
        indexes = [
            models.Index(fields=["postal_code"], name="site_postal_code"),
            models.Index(fields=["same_address"], name="site_same_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, placed_by_hand=False)
                | on_earth("latitude", "longitude"),
                name="site_is_at_a_place",
            )
        ]

    @property
    def route_url(self) -> str:
        """The way to it, in the telephone's own maps, which know an address better than where its postal code lies."""
        return f"https://www.google.com/maps/dir/?api=1&destination={quote(self._where)}"

    @property
    def map_url(self) -> str:
        """It on a map."""
        return f"https://www.google.com/maps/search/?api=1&query={quote(self._where)}"

    @property
    def _where(self) -> str:
        if self.placed_by_hand:
            return f"{self.latitude},{self.longitude}"
        return f"{self.street_line}, {self.postal_code} {self.city}, {self.get_country_display()}"

    @property
    def position(self) -> str:
        """Where it is for maps and routes; empty when that is not known."""
        if self.latitude is None or self.longitude is None:
            return ""
        return position_written(self.latitude, self.longitude)

    def __str__(self) -> str:
        return f"{self.street_line}, {self.city}"


class Equipment(Versioned):
    """A device at a site that is serviced: boiler, heat pump, air handling unit."""

    events = {
        "create": _("Added"),
        "change": _("Changed"),
        "file_add": _("Document added"),
        "file_remove": _("Document removed"),
        "file_share": _("Document shared with technicians"),
        "file_unshare": _("Document no longer shared with technicians"),
    }

    site = models.ForeignKey(Site, models.PROTECT, related_name="equipment")
    kind = models.CharField(_("kind"), max_length=60)
    make = models.CharField(_("make"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    serial_number = models.CharField(_("serial number"), max_length=60, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    # What is advised where no contract says how often it is serviced.
    service_months = models.PositiveSmallIntegerField(
        _("service every so many months"), null=True, blank=True
    )
    remarks = models.TextField(_("remarks for the technician"), blank=True)
    gone_on = models.DateField(_("no longer there since"), null=True, blank=True)
    # What its label says: whoever holds it has stood before the device.
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    search_words = SearchWords()

    objects = EquipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ["kind__by_name", "make__by_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(service_months__gte=1, service_months__lte=LONGEST_SERVICE),
                name="equipment_service_months",
            ),
            models.CheckConstraint(
                condition=models.Q(installed_on=None)
                | models.Q(gone_on=None)
                | models.Q(gone_on__gte=models.F("installed_on")),
                name="equipment_goes_after_it_came",
                violation_error_message=_("It went before it was installed."),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.make, self.model) if part)

    @property
    def is_gone(self) -> bool:
        return self.gone_on is not None


class EquipmentFile(AttachedFile):
    """A document of a device: a manual, a report."""

    owner = "equipment"

    equipment = models.ForeignKey(Equipment, models.CASCADE, related_name="files")

    class Meta(AttachedFile.Meta):
        ordering = ["id"]
