"""The company whose back office this is."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.company.querysets import CompanyQuerySet, SavedViewQuerySet
from apps.core import clock, countries
from apps.core.models import Versioned
from apps.core.telephone_fields import TelephoneColumn
from apps.documents.models import StoredFile

# So long before it expires a certificate is to be renewed, unless the company says otherwise.
CERTIFICATE_DAYS = 60


class Address(models.Model):
    """The parts of an address that the Netherlands and its neighbours write."""

    street = models.CharField(_("street"), max_length=120)
    house_number = models.CharField(_("house number"), max_length=20)
    postal_code = models.CharField(_("postal code"), max_length=12)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(
        _("country"),
        max_length=2,
        default="NL",
        choices=countries.choices,
    )

    class Meta:
        abstract = True

    @property
    def street_line(self) -> str:
        return f"{self.street} {self.house_number}".strip()

    @property
    def city_line(self) -> str:
        return f"{self.postal_code} {self.city}".strip()


class Company(Versioned, Address):
    """The one row that describes the company; it stands on every document."""

    events = {"logo": _("Logo changed")}

    name = models.CharField(_("name"), max_length=120)
    kvk_number = models.CharField(_("Chamber of Commerce number"), max_length=8, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = TelephoneColumn(_("telephone"))
    website = models.URLField(_("website"), blank=True)
    logo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    colour = models.CharField(
        _("colour"), max_length=7, default="#0b5f66", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nl")
    payment_term_days = models.PositiveSmallIntegerField(_("payment term (days)"), default=14)
    quote_valid_days = models.PositiveSmallIntegerField(_("quotes are valid for (days)"), default=30)
    # How long the plan must have been left alone before a customer hears of it.
    tell_after_minutes = models.PositiveSmallIntegerField(
        _("customers hear of the plan after (minutes)"), default=10
    )
    certificate_days = models.PositiveSmallIntegerField(
        _("renew certificates so many days before they expire"), default=CERTIFICATE_DAYS
    )
    # Read by the trigger that says by what customers sort: customers/sql/order.sql.
    prefix_behind = models.BooleanField(_("sort “de Vries” at the V"), default=True)
    quote_terms = models.TextField(_("terms on a quote in English"), blank=True)
    quote_terms_nl = models.TextField(_("terms on a quote in Dutch"), blank=True)
    # Sites that may show the public request form in a frame: origins, one per line.
    embed_origins = models.TextField(_("websites that may embed the request form"), blank=True)
    # Said when the row is made, and never changed (sql/demo_mark.sql): what writes fiction asks for it.
    demo = models.BooleanField(default=False, editable=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_company")]

    def __str__(self) -> str:
        return self.name

    def terms_in(self, language: str) -> str:
        """The terms on a quote in this language; in the other one where there are no such, for terms must not vanish."""
        dutch, english = self.quote_terms_nl, self.quote_terms
        return (dutch or english) if language == "nl" else (english or dutch)


class OpeningHours(models.Model):
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), validators=[MinValueValidator(1), MaxValueValidator(7)], help_text=_("1 is Monday")
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="closes_after_opening"
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}–{self.closes}"


class Holiday(models.Model):
    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class SetupMark(models.Model):
    """A step of the first-run guide that somebody left as it is; of the whole guide, that it need not be shown again."""

    ALL = "guide"

    step = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("mark in the guide")
        verbose_name_plural = _("marks in the guide")

    def __str__(self) -> str:
        return self.step


class SavedView(models.Model):
    """The filters of a list that a user wants back under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "list_name", "name"], name="saved_view_once_per_name")
        ]

    def __str__(self) -> str:
        return self.name
