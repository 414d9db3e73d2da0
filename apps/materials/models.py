"""The catalogue of parts. What they cost stands above the price line, in `pricing`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import Versioned
from apps.core.ordering import ByName
from apps.core.search import SearchWords
from apps.materials.querysets import MaterialQuerySet


class Unit(models.TextChoices):
    """Units, with the UN/ECE Recommendation 20 code that the e-invoice needs as their value."""

    PIECE = "C62", _("piece")
    HOUR = "HUR", _("hour")
    METRE = "MTR", _("m")
    SQUARE_METRE = "MTK", _("m²")
    LITRE = "LTR", _("l")
    KILOGRAM = "KGM", _("kg")
    SET = "SET", _("set")
    DAY = "DAY", _("day")
    KILOMETRE = "KMT", _("km")


class Category(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name__by_name"]

    def __str__(self) -> str:
        return self.name


class Material(Versioned):
    """A part that technicians use and the office charges."""

    events = {
        "price": _("Price set"),
        "deactivate": _("Taken out of use"),
        "hand_over": _("What uses it stays"),
        "activate": _("Taken into use again"),
        "import": _("Changed by an import"),
    }

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.PIECE)
    barcode = models.CharField(_("barcode"), max_length=20, blank=True)
    visible_to_technician = models.BooleanField(_("visible to technician"), default=True)
    active = models.BooleanField(_("active"), default=True)
    search_words = SearchWords()

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["name__by_name", "id"]
        indexes = [models.Index(ByName("name"), "id", name="material_by_name")]

    def __str__(self) -> str:
        return self.name
