"""What mypy must know of a request of ours: `LoginRequiredMiddleware` lets nobody in who is not a user.

Views that are open to everyone say so with `login_not_required`, and ask `request.user.is_authenticated` first.
"""

from collections.abc import Callable

from mypy.plugin import AttributeContext, Plugin
from mypy.types import Instance, Type
from mypy_django_plugin.lib import helpers

USER = "apps.accounts.models.User"


class RequestPlugin(Plugin):
    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        if fullname == "django.http.request.HttpRequest.user":
            return _user
        return None


def _user(context: AttributeContext) -> Type:
    info = helpers.lookup_fully_qualified_typeinfo(helpers.get_typechecker_api(context), USER)
    return Instance(info, []) if info is not None else context.default_attr_type


def plugin(_version: str) -> type[Plugin]:
    return RequestPlugin
