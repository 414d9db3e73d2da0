"""Two customers that turn out to be one. docs/adr/0022-merging.md."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import merging
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.models import Merge
from apps.core.refusals import Refused
from apps.core.versions import version_lock
from apps.customers.models import Apart, Customer
from apps.customers.rules import merged_values


def customer_merge(
    *,
    kept: Customer,
    gone: Customer,
    by: Actor,
    choices: Mapping[str, str],
    versions: tuple[int | None, int | None] = (None, None),
) -> Merge:
    """All that hangs on `gone` goes to `kept`; `gone` stays, out of use, and points there.

    `choices` says per group of `rules.MERGED` whose values count where both have some. Raises Refused when one of the two
    was merged already, Stale when one is not as it was in `versions`, those of `kept` and `gone`.
    """
    if kept.pk == gone.pk:
        raise Refused(_("Choose two different customers."))
    with transaction.atomic():
        merging.rows_lock(gone)
        kept, gone = _both_lock(kept, gone, versions)
        if kept.merged_into_id or gone.merged_into_id:
            raise Refused(_("One of these two was merged with another customer meanwhile. Look again."))
        values = merged_values(kept, gone, choices)
        values["active"] = kept.active or gone.active
        before = {name: getattr(kept, name) for name in values}
        changed = assign(kept, values)
        made = merging.merge(
            kept=kept, gone=gone, by=by,
            before={name: before[name] for name in changed}, after={name: values[name] for name in changed},
        )  # fmt: skip
        if changed:
            kept.save(update_fields=changed)
        told = {
            "gone": gone.pk,
            "name": gone.name,
            "moved": {name: len(ids) for name, ids in made.moved.items() if ids},
        }
        audit_record(kept, verb="customer.merge", by=by, data=told | {"fields": changed})
        audit_record(gone, verb="customer.merge_away", by=by, data={"kept": kept.pk, "name": kept.name})
    return made


def customer_merge_undo(*, merge: Merge, by: Actor) -> Customer:
    """Two customers again, each with what was theirs; gives the one that had gone.

    What somebody changed since stays as they changed it. Raises Refused after a day, and when something made since hangs on
    both.
    """
    with transaction.atomic():
        kept, gone = Customer(pk=merge.kept_id), Customer(pk=merge.gone_id)
        merging.rows_lock(kept)
        kept, gone = _both_lock(kept, gone, (None, None))
        locked = Merge.objects.select_for_update().get(pk=merge.pk)
        back = merging.merge_undo(merge=locked, kept=kept, gone=gone, by=by)
        if changed := assign(kept, {name: locked.before[name] for name in back}):
            kept.save(update_fields=changed)
        audit_record(kept, verb="customer.merge_undo", by=by, data={"gone": gone.pk, "name": gone.name})
        audit_record(gone, verb="customer.merge_away_undo", by=by, data={"kept": kept.pk, "name": kept.name})
    return gone


def customer_apart(*, one: Customer, other: Customer, by: Actor) -> None:
    """They look the same and are two: nobody is asked about them again."""
    first, second = sorted((one, other), key=lambda customer: customer.pk)
    if first == second:
        raise Refused(_("Choose two different customers."))
    with transaction.atomic():
        _pair, is_new = Apart.objects.get_or_create(first=first, second=second)
        if is_new:
            audit_record(first, verb="customer.apart", by=by, data={"other": second.pk, "name": second.name})
            audit_record(second, verb="customer.apart", by=by, data={"other": first.pk, "name": first.name})


def _both_lock(
    kept: Customer, gone: Customer, versions: tuple[int | None, int | None]
) -> tuple[Customer, Customer]:
    """Both as they are now, locked in one order whichever is kept: two who merge them the other way round take turns."""
    asked = sorted(((kept, versions[0]), (gone, versions[1])), key=lambda one: one[0].pk)
    found: dict[int, Any] = {one.pk: version_lock(one, version) for one, version in asked}
    return found[kept.pk], found[gone.pk]
