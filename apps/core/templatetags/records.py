"""What every record shows of itself: its history and the chain that it belongs to."""

from typing import Any

from django import template
from django.db import models
from django.template import Context
from django.utils.safestring import SafeString

from apps.core.chain import Chain
from apps.core.history import asked_of
from apps.core.history import history as history_of
from apps.core.templatetags.ui import ribbon, timeline

register = template.Library()


@register.simple_tag(takes_context=True)
def chain_ribbon(context: Context, obj: Any) -> SafeString:
    """The strip from request to package, with where this job stands."""
    chain = asked_of(obj, "chain") or Chain(obj, context["request"].user)
    return ribbon(
        [{"label": one.label, "url": one.url, "state": one.state, "note": one.detail} for one in chain.steps]
    )


@register.filter
def may(user: Any, ability: str) -> bool:
    """Whether the user has an ability of the matrix, for what a page offers; the view checks it again."""
    return bool(user and user.is_authenticated and user.may(ability))


@register.simple_tag
def history(obj: models.Model) -> SafeString:
    """The status history: when, who, what, why."""
    return timeline(history_of(obj))
