"""A customer, its sites, contacts and equipment: made and changed."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, postal_codes
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.holdings import Wishes, hand_over
from apps.core.refusals import Refused
from apps.core.telephone_fields import phone_cleaned
from apps.core.versions import version_lock
from apps.customers import positions, rules
from apps.customers.models import MAIL_FIELDS, Contact, Customer, Site

POSITION = ["latitude", "longitude", "placed_by_hand"]
ADDRESS = ("street", "house_number", "postal_code", "city", "country")


def customer_create(*, by: Actor, **fields: Any) -> Customer:
    """Add a customer. Raises Refused for an address or number that cannot be right."""
    customer = Customer(**{"created_at": clock.now()} | _cleaned(fields, country="NL"))
    _check(customer)
    with transaction.atomic():
        customer.save(force_insert=True)
        audit_record(customer, verb="customer.create", by=by)
    return customer


def customer_change(*, customer: Customer, by: Actor, version: int | None = None, **fields: Any) -> Customer:
    """Change what is given. Raises Refused as `customer_create` does."""
    with transaction.atomic():
        locked = version_lock(customer, version)
        if locked.merged_into_id:
            raise Refused(_("This customer was merged into another one."))
        changed = assign(locked, _cleaned(fields, country=locked.country, before=locked))
        if not changed:
            return locked
        _check(locked)
        locked.save(update_fields=changed)
        verb = "change"
        if changed == ["active"]:
            verb = "activate" if locked.active else "deactivate"
        audit_record(locked, verb=f"customer.{verb}", by=by, data={"fields": changed})
    return locked


def customer_deactivate(
    *, customer: Customer, by: Actor, reason: str = "", wishes: Wishes | None = None, leave: bool = False
) -> Customer:
    """No longer offered for new requests; what is open stays and goes on, which `leave` and a reason must say.

    Raises StillHeld when something is open and `leave` does not.
    """
    with transaction.atomic():
        changed = customer_change(customer=customer, by=by, active=False)
        hand_over(changed, by=by, reason=reason, wishes=wishes, leave=leave)
    return changed


def site_create(*, by: Actor, customer: Customer, **fields: Any) -> Site:
    """Add a place of work; its position is the centre of its postal code until someone says better."""
    site = Site(customer=customer, **_cleaned(fields, country=fields.get("country", "NL")))
    _locate(site)
    with transaction.atomic():
        site.save(force_insert=True)
        audit_record(customer, verb="customer.site", by=by, data={"site": site.pk})
    return site


def site_change(*, site: Site, by: Actor, version: int | None = None, **fields: Any) -> Site:
    with transaction.atomic():
        locked = version_lock(site, version)
        changed = assign(locked, _cleaned(fields, country=locked.country, before=locked))
        if not changed:
            return locked
        if {"postal_code", "country"} & set(changed):
            _locate(locked)
            changed += POSITION
        locked.save(update_fields=changed)
        audit_record(
            locked.customer, verb="customer.site_change", by=by, data={"site": locked.pk, "fields": changed}
        )
    return locked


def site_place(*, site: Site, by: Actor, position: tuple[float, float], version: int | None = None) -> Site:
    """Say where it is: better than its postal code does. Another postal code takes this back."""
    with transaction.atomic():
        locked = version_lock(site, version)
        locked.latitude, locked.longitude = position
        locked.placed_by_hand = True
        locked.save(update_fields=POSITION)
        data = {"site": locked.pk, "position": locked.position}
        audit_record(locked.customer, verb="customer.site_place", by=by, data=data)
    return locked


def site_unplace(*, site: Site, by: Actor) -> Site:
    """Where its postal code lies again; harmless when nobody said anything else."""
    with transaction.atomic():
        locked = version_lock(site, None)
        if locked.placed_by_hand:
            _locate(locked)
            locked.save(update_fields=POSITION)
            audit_record(locked.customer, verb="customer.site_unplace", by=by, data={"site": locked.pk})
    return locked


def site_for(*, customer: Customer, by: Actor, **address: Any) -> Site:
    """The customer's site at this address, made when there is none yet."""
    cleaned = _cleaned(address, country=address.get("country", "NL"))
    found = customer.sites.at_address(
        **{name: cleaned.get(name, "") for name in ADDRESS if name != "city"}
    ).first()
    return found or site_create(by=by, customer=customer, **address)


def contact_create(*, by: Actor, customer: Customer, **fields: Any) -> Contact:
    contact = Contact(customer=customer, **_cleaned(fields, country=customer.country))
    with transaction.atomic():
        contact.save(force_insert=True)
        audit_record(customer, verb="customer.contact", by=by, data={"contact": contact.pk})
    return contact


def contact_change(*, contact: Contact, by: Actor, version: int | None = None, **fields: Any) -> Contact:
    with transaction.atomic():
        locked = version_lock(contact, version)
        if changed := assign(locked, _cleaned(fields, country=locked.customer.country, before=locked)):
            locked.save(update_fields=changed)
            audit_record(locked.customer, verb="customer.contact_change", by=by, data={"contact": locked.pk})
    return locked


def _cleaned(fields: dict[str, Any], *, country: str, before: Any = None) -> dict[str, Any]:
    """`fields` written in our one way; what stands so in the record `before` is left alone.

    Raises Refused, with a sentence, for what cannot be right.
    """
    country = fields.get("country", country)
    checks = {
        "postal_code": (
            lambda text: postal_codes.postal_code_clean(country, text),
            _("This postal code does not exist."),
        ),
        "house_number": (
            lambda text: rules.house_number_clean(country, text),
            _("A house number begins with a number."),
        ),
        **dict.fromkeys(("email", *MAIL_FIELDS), (rules.email_clean, "")),
        "vat_number": (
            lambda text: rules.vat_number_clean(country, text),
            _("This VAT number is not valid."),
        ),
        "kvk_number": (rules.kvk_number_clean, _("A Chamber of Commerce number has eight digits.")),
    }
    cleaned = dict(phone_cleaned(fields, country=country, before=before))
    for name, (clean, sentence) in checks.items():
        if name in cleaned and cleaned[name] != getattr(before, name, None):
            try:
                cleaned[name] = clean(cleaned[name])
            except ValueError as error:
                raise Refused(sentence) from error
    return cleaned


def _check(customer: Customer) -> None:
    if customer.reverse_charge and not customer.vat_number:
        raise Refused(_("Reverse charge needs the customer's VAT number."))


def _locate(site: Site) -> None:
    """Where its postal code lies."""
    found = positions.place(site.country, site.postal_code)
    site.latitude, site.longitude = found[1:] if found else (None, None)
    site.placed_by_hand = False
