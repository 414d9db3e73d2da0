from django import template

from apps.accounts.models import User

register = template.Library()


@register.simple_tag
def nobody_manages() -> bool:
    """Whether the installation is new: there is nobody who could invite somebody."""
    return not User.objects.managing().exists()
