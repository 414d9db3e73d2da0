"""Customers that may be one, and the merge of two."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.core import clock, merging
from apps.core.models import Merge
from apps.core.refusals import Refused
from apps.core.versions import Stale
from apps.customers import actions
from apps.customers.forms import CustomerForm, duplicates_of
from apps.customers.models import Apart, Customer, Site, Suspect
from apps.customers.rules import MERGED
from apps.intake.models import Request
from apps.messaging.actions import note_add
from tests.builders import (
    BusinessFactory,
    ContactFactory,
    CustomerFactory,
    RequestFactory,
    RequestTypeFactory,
)
from tests.conftest import Cast
from tests.kept import kept
from tests.pages import submit

pytestmark = pytest.mark.django_db
LABEL = "customers.customer"


@kept
def pair(cast: Cast) -> tuple[Customer, Customer]:
    """The same family, written down twice: the second with a request and a contact, and without a mail address."""
    first = CustomerFactory(
        name="Familie Peters", house_number="71a", phone="0680349876", remarks="Has a dog"
    )
    second = CustomerFactory(
        name="fam. péters", house_number="71 A", phone="06-80349876", email="", remarks="Rings twice",
        kvk_number="30123456",
    )  # fmt: skip
    ContactFactory(customer=second, name="Els")
    RequestFactory(by=cast.bram, customer=second, site=second.sites.get(), type=RequestTypeFactory())
    return first, second


def merged(pair: tuple[Customer, Customer], cast: Cast, **choices: str) -> Merge:
    return actions.customer_merge(kept=pair[0], gone=pair[1], by=cast.bram, choices=choices)


# -- who may be the same ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Müller B.V."}, {"name": "muller bv"}),
        ({"name": "Dhr. J.P. de Wit"}, {"name": "JP de Wit"}),
        ({"house_number": "71a"}, {"house_number": "71 A"}),
        ({"house_number": "12-3"}, {"house_number": "12 / 3"}),
        ({"phone": "0680349876"}, {"phone": "+31 6 80 34 98 76"}),
        ({"email": "a@b.example"}, {"email": "A@B.example"}),
    ],
)
def test_what_is_typed_in_two_ways_is_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    apart = {"house_number": "1", "email": "", "name": "Somebody"}
    first = CustomerFactory(**apart | one)
    second = CustomerFactory(**apart | {"house_number": "2", "name": "Another"} | other)
    assert [(row.first, row.second) for row in Suspect.objects.all()] == [(first, second)]
    second.refresh_from_db()  # the database writes what they have in common
    assert list(Customer.objects.all().suspected_of(second)) == [first]
    assert first in duplicates_of({"country": "NL", "postal_code": "5038 AA"} | other)


def test_who_has_nothing_in_common_is_not_asked_about() -> None:
    CustomerFactory(house_number="12", email="")
    CustomerFactory(name="Peterson", house_number="123", email="")
    CustomerFactory(name="Familie Peters", house_number="13", email="", city="Breda")  # a name that many have
    assert not Suspect.objects.exists()


def test_what_a_whole_building_shares_tells_nothing() -> None:
    for number in range(8):
        CustomerFactory(name=f"Tenant {number}", house_number=str(number), email="care@home.example")
    assert not Suspect.objects.exists()


def test_who_is_out_of_use_is_named_as_well(
    cast: Cast, client_as: Any, pair: tuple[Customer, Customer]
) -> None:
    actions.customer_change(customer=pair[0], by=cast.bram, active=False)
    page = client_as(cast.bram).get(reverse("customers:customer_duplicates"), {"phone": "06 80349876"})
    assert "No longer active" in page.content.decode()


def test_two_that_are_two_are_not_asked_about_again(
    cast: Cast, client_as: Any, pair: tuple[Customer, Customer]
) -> None:
    page = reverse("customers:customer_suspects")
    client = client_as(cast.bram)
    one, other = pair
    submit(page, client=client, form=reverse("customers:customer_apart", args=[one.pk, other.pk]))
    assert "Nobody looks like somebody else" in client.get(page).content.decode()
    one.refresh_from_db()
    assert not Customer.objects.all().suspected_of(one)
    assert Apart.objects.count() == 1


# -- the merge -------------------------------------------------------------------------------------


def test_a_merge_is_previewed_done_and_undone(
    cast: Cast, client_as: Any, pair: tuple[Customer, Customer]
) -> None:
    kept, gone = pair
    client: Client = client_as(cast.bram)
    asked = Request.objects.get()
    note_add(about=gone, text="Knew us from before", by=cast.bram, url="")
    detail = reverse("customers:customer_detail", args=[kept.pk])
    preview = reverse("customers:customer_merge", args=[kept.pk, gone.pk])
    assert preview in client.get(detail).content.decode()
    page = client.get(preview).content.decode()
    for words in ("Sites: 1", "Contacts: 1", "Requests: 1", "Has a dog", "Rings twice", "30123456"):
        assert words in page
    answer = submit(preview, client=client, remarks="both", name="gone")
    assert answer["Location"] == detail
    page = client.get(detail).content.decode()
    for words in (
        "Els",
        "Knew us from before",
        "was merged into this customer by",
        "of a record that was merged",
    ):
        assert words in page
    kept.refresh_from_db()
    gone.refresh_from_db()
    asked.refresh_from_db()
    assert (kept.name, kept.remarks, kept.kvk_number) == (
        "fam. péters",
        "Has a dog\n\nRings twice",
        "30123456",
    )
    assert (asked.customer, gone.active, gone.merged_into) == (kept, False, kept)
    assert client.get(reverse("customers:customer_detail", args=[gone.pk]))["Location"] == detail
    undo = reverse("customers:customer_merge_undo", args=[Merge.objects.get().pk])
    submit(detail, client=client, form=undo)
    kept.refresh_from_db()
    gone.refresh_from_db()
    asked.refresh_from_db()
    assert (kept.name, kept.remarks, kept.kvk_number) == ("Familie Peters", "Has a dog", "")
    assert (asked.customer, gone.active, gone.merged_into) == (gone, True, None)
    assert [one.name for one in gone.contacts.all()] == ["Els"]


def test_the_other_pages_of_who_was_merged_away_lead_on(
    cast: Cast, client_as: Any, pair: tuple[Customer, Customer]
) -> None:
    merged(pair, cast)
    client = client_as(cast.bram)
    for name in (
        "customer_change",
        "customer_deactivate",
        "site_create",
        "contact_create",
        "customer_merge_choose",
    ):
        answer = client.get(reverse(f"customers:{name}", args=[pair[1].pk]))
        assert answer.status_code == 409, name
        assert reverse("customers:customer_detail", args=[pair[0].pk]) in answer.content.decode()


def test_what_is_found_by_the_old_name_is_the_new_customer(
    pair: tuple[Customer, Customer], cast: Cast
) -> None:
    other = BusinessFactory(name="Zonneweide", house_number="9", phone="0201234567")
    actions.customer_merge(kept=pair[0], gone=other, by=cast.bram, choices={})
    assert duplicates_of({"name": "zonneweide"}) == [pair[0]]


def test_every_field_of_the_form_is_dealt_with() -> None:
    dealt_with = {name for names in MERGED.values() for name in names}
    assert set(CustomerForm.base_fields) == dealt_with


def test_every_record_of_a_customer_is_dealt_with() -> None:
    """A new model with a foreign key to the customer is registered as a Part; what is derived is not."""
    held = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Customer and field.db_constraint
    }
    told = {part.name for part in merging.parts_of(LABEL) if "__" not in part.holder}
    assert held == told
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'merged_away'")
        guarded = {table for (table,) in cursor.fetchall()}
    assert guarded == {apps.get_model(part.model)._meta.db_table for part in merging.moving(LABEL)}


# -- what is refused -------------------------------------------------------------------------------


def test_nothing_hangs_on_who_was_merged_away(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    kept, gone = pair
    merged(pair, cast)
    with pytest.raises(IntegrityError, match="was merged into"), transaction.atomic():
        Site.objects.filter(customer=kept).update(customer=gone)
    with pytest.raises(IntegrityError, match="was merged into"), transaction.atomic():
        ContactFactory(customer=gone)
    with pytest.raises(Refused, match="was merged into"):
        actions.customer_change(customer=gone, by=cast.bram, active=True)
    with pytest.raises(IntegrityError, match="out_of_use"), transaction.atomic():
        Customer.objects.filter(pk=gone.pk).update(active=True)


def test_a_merge_is_written_down_and_never_changed(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    kept, gone = pair
    with pytest.raises(IntegrityError, match="written down"), transaction.atomic():
        Customer.objects.filter(pk=gone.pk).update(merged_into=kept, active=False)
    merged(pair, cast)
    for change in (lambda rows: rows.update(kept_id=gone.pk), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change(Merge.objects.all())


def test_what_comes_for_who_was_merged_away_meanwhile_is_refused_in_a_sentence(
    cast: Cast, client_as: Any, pair: tuple[Customer, Customer]
) -> None:
    """The page was open, and its customer was chosen, when a colleague merged the two."""
    client = client_as(cast.bram)
    page = client.get(reverse("customers:contact_create", args=[pair[1].pk]))
    merged(pair, cast)
    answer = submit(page, client=client, name="Too late")
    assert answer.status_code == 409
    assert pair[0].name in answer.content.decode()


def test_an_older_preview_merges_nothing(cast: Cast, client_as: Any, pair: tuple[Customer, Customer]) -> None:
    client = client_as(cast.bram)
    page = client.get(reverse("customers:customer_merge", args=[pair[0].pk, pair[1].pk]))
    actions.customer_change(customer=pair[1], by=cast.petra, remarks="Moved")
    answer = submit(page, client=client)
    assert answer.status_code == 409
    assert "This was changed meanwhile" in answer.content.decode()
    assert not Merge.objects.exists()


def test_two_who_merge_at_once_merge_once(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    seen = (pair[0].version, pair[1].version)
    merged(pair, cast)
    with pytest.raises(Stale):
        actions.customer_merge(
            kept=pair[1], gone=pair[0], by=cast.petra, choices={}, versions=(seen[1], seen[0])
        )
    with pytest.raises(Refused, match="merged with another customer meanwhile"):
        actions.customer_merge(kept=pair[1], gone=pair[0], by=cast.petra, choices={})
    with pytest.raises(Refused, match="two different"):
        actions.customer_merge(kept=pair[0], gone=pair[0], by=cast.petra, choices={})


def test_who_edits_while_a_colleague_merges_is_told(
    cast: Cast, client_as: Any, pair: tuple[Customer, Customer]
) -> None:
    client = client_as(cast.bram)
    page = client.get(reverse("customers:customer_change", args=[pair[1].pk]))
    merged(pair, cast)
    answer = submit(page, client=client, remarks="Mine")
    assert answer.status_code == 409
    assert "was merged into another customer" in answer.content.decode()


def test_an_undo_is_refused_after_a_day_and_twice(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    done = merged(pair, cast)
    with clock.at(clock.now() + timedelta(hours=25)), pytest.raises(Refused, match="for a day"):
        actions.customer_merge_undo(merge=done, by=cast.bram)
    actions.customer_merge_undo(merge=done, by=cast.bram)
    with pytest.raises(Refused, match="undone already"):
        actions.customer_merge_undo(merge=done, by=cast.bram)


def test_an_undo_names_what_hangs_on_both_by_now(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    kept, gone = pair
    site = gone.sites.get()
    done = merged(pair, cast)
    kept.refresh_from_db()
    site.refresh_from_db()
    since = RequestFactory(by=cast.bram, customer=kept, site=site, type=RequestTypeFactory(name="Other"))
    with pytest.raises(Refused, match=since.number):
        actions.customer_merge_undo(merge=done, by=cast.bram)
    gone.refresh_from_db()
    assert gone.merged_into == kept


def test_one_that_was_merged_into_goes_on_and_comes_back(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    """Whoever was merged into a customer that is merged itself, points to the last; undone, the last merge first."""
    third = BusinessFactory(house_number="9")
    first = merged(pair, cast)
    second = actions.customer_merge(kept=third, gone=pair[0], by=cast.bram, choices={})
    pair[1].refresh_from_db()
    assert pair[1].merged_into == third
    with pytest.raises(Refused, match="merged again since"):
        actions.customer_merge_undo(merge=first, by=cast.bram)
    actions.customer_merge_undo(merge=second, by=cast.bram)
    actions.customer_merge_undo(merge=first, by=cast.bram)
    assert not Customer.objects.exclude(merged_into=None).exists()
    assert Request.objects.get().customer == pair[1]


def test_what_a_person_changed_since_stays_after_an_undo(cast: Cast, pair: tuple[Customer, Customer]) -> None:
    done = merged(pair, cast, remarks="gone", name="gone")
    pair[0].refresh_from_db()
    actions.customer_change(customer=pair[0], by=cast.bram, remarks="Written since")
    actions.customer_merge_undo(merge=done, by=cast.bram)
    pair[0].refresh_from_db()
    assert (pair[0].name, pair[0].remarks) == ("Familie Peters", "Written since")
