"""Everything that changes users and what they may do."""

from django.contrib.auth.models import Group, Permission

from apps.accounts import roles
from apps.accounts.models import User


def groups_sync() -> None:
    """Make the groups of the roles. An ability is given to a role when the ability or the role is new;
    what an admin changed afterwards stays."""
    permissions = {one.codename: one for one in Permission.objects.filter(content_type__app_label="accounts")}
    known = set(Group.permissions.through.objects.values_list("permission__codename", flat=True))
    for role in roles.ROLE_LABELS:
        group, created = Group.objects.get_or_create(name=role)
        for ability, (_label, holders) in roles.ABILITIES.items():
            if role in holders and ability in permissions and (created or ability not in known):
                group.permissions.add(permissions[ability])


def user_language_set(*, user: User, language: str) -> None:
    """The language in which the user reads the product."""
    User.objects.filter(pk=user.pk).update(language=language)
