"""Every write to quotes, split by behaviour."""

from apps.quotes.actions.answers import (
    AlreadyAnswered,
    quote_accept,
    quote_decline,
    quote_lock,
    quote_order_again,
)
from apps.quotes.actions.drafts import (
    Conflict,
    LineFields,
    line_add,
    line_move,
    line_remove,
    line_rows,
    lines_fresh,
    quote_create,
    version_change,
)
from apps.quotes.actions.expiry import quote_expire, quote_remind, quotes_expire, quotes_remind
from apps.quotes.actions.sending import (
    link_open,
    link_revoke,
    quote_mail,
    quote_resend,
    quote_revise,
    quote_send,
    quote_withdraw,
)
from apps.quotes.actions.templates import template_change, template_create, template_from_quote

__all__ = [
    "AlreadyAnswered",
    "Conflict",
    "LineFields",
    "line_add",
    "line_move",
    "line_remove",
    "line_rows",
    "lines_fresh",
    "link_open",
    "link_revoke",
    "quote_accept",
    "quote_create",
    "quote_decline",
    "quote_expire",
    "quote_lock",
    "quote_mail",
    "quote_order_again",
    "quote_remind",
    "quote_resend",
    "quote_revise",
    "quote_send",
    "quote_withdraw",
    "quotes_expire",
    "quotes_remind",
    "template_change",
    "template_create",
    "template_from_quote",
    "version_change",
]
