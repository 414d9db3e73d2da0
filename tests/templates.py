"""The templates as they are, and stricter: a method that a template names must be called there."""

import inspect
from typing import Any

from jinja2 import Environment, nodes
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
    return value


def environment(**options: Any) -> Environment:
    made = jinja.environment(Strict, **options)
    made.filters["no_method"] = no_method
    return made
