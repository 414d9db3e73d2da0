"""Everything that changes users, what they may do, and how they log in."""

from apps.accounts.actions.security import (
    PASSWORD_LINK_HOURS,
    address_ask,
    address_confirm,
    address_withdraw,
    entrances_close,
    factors_remove,
    factors_reseal,
    password_link_send,
    password_reset,
    password_set,
    security_tell,
    session_end,
    sessions_end,
    sessions_forget,
)
from apps.accounts.actions.users import (
    INVITATION_DAYS,
    first_admin_create,
    groups_sync,
    initials_of,
    invitation_accept,
    invitation_revoke,
    invitation_send,
    invitations_expire,
    role_abilities_set,
    user_activate,
    user_change,
    user_create,
    user_deactivate,
    user_hand_over,
    user_language_set,
    user_role_add,
)

__all__ = [
    "INVITATION_DAYS", "PASSWORD_LINK_HOURS", "address_ask", "address_confirm", "address_withdraw", "entrances_close", "factors_remove",
    "factors_reseal", "first_admin_create", "groups_sync", "initials_of", "invitation_accept", "invitation_revoke", "invitation_send",
    "invitations_expire", "password_link_send", "password_reset", "password_set", "role_abilities_set",
    "security_tell", "session_end", "sessions_end", "sessions_forget", "user_activate", "user_change", "user_create",
    "user_deactivate", "user_hand_over", "user_language_set", "user_role_add",
]  # fmt: skip
