"""What a page says while there is nothing to show: what would be here, and what to do first, for whoever may."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.core.web import may_open

register = template.Library()


@register.simple_tag(takes_context=True)
def empty_state(
    context: Context, title: Any, text: Any = "", icon: str = "inbox", url: str = "", label: Any = "", tone: str = ""
) -> SafeString:  # fmt: skip
    """What would be here, and how to make the first one. With tone="r": what went wrong and what to do."""
    parts = {"title": title, "text": text, "icon": icon, "label": label, "tone": tone}
    return render_to_string("components/empty.html", parts | {"url": _for_reader(context, url)})


@register.simple_tag(takes_context=True)
def comes_first(context: Context, title: Any, text: Any, url: str, label: Any) -> SafeString:
    """What has to be there before this page is of use, and where it is made."""
    parts = {"title": title, "text": text, "url": _for_reader(context, url), "label": label}
    return render_to_string("components/comes_first.html", parts)


def _for_reader(context: Context, url: str) -> str:
    """The address, unless it is of a page that the reader may not open."""
    user = context.get("user")
    return url if user is None or not user.is_authenticated or may_open(user, url) else ""
