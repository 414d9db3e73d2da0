"""The templates as they are, and stricter: a method that a template names must be called there, and what it names must exist."""

import inspect
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, Undefined, nodes
from jinja2.runtime import TemplateReference
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer

from config import jinja


class Uncalled(NodeTransformer):
    """Asks of each `a.b` that is not called whether it is a method: it would be true, equal to nothing, and unprintable."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        called = node.node
        if isinstance(called, nodes.Getattr):
            called.node = self.visit(called.node)
        node.args = [self.visit(one) for one in node.args]
        for one in node.kwargs:
            one.value = self.visit(one.value)
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        self.generic_visit(node)
        return nodes.Filter(node, "no_method", [nodes.Const(node.attr)], [], None, None, lineno=node.lineno)


class Strict(Environment):
    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return Uncalled().visit(super()._parse(source, name, filename))


def no_method(value: Any, name: str) -> Any:
    if inspect.ismethod(value):
        raise TypeError(f"{name} of {value.__self__!r} is a method; call it")
    if isinstance(value, Undefined) and not _may_lack(value._undefined_obj, name):
        raise AttributeError(f"{value._undefined_obj!r} has no {name}: what depends on it is never shown")
    return value


def _may_lack(obj: Any, name: str) -> bool:
    """A context, a dictionary, a page's blocks or None may lack what is asked, and a record what points at it alone.

    Any other object of ours lacks only what was renamed.
    """
    if obj is missing or obj is None or isinstance(obj, Mapping | Undefined | str | TemplateReference):
        return True
    return hasattr(type(obj), name)


def environment(**options: Any) -> Environment:
    made = jinja.environment(Strict, **options)
    made.filters["no_method"] = no_method
    return made
