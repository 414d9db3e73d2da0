"""One field of a fetched page: what stands in it, what a person can enter, what the browser has against it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement


class PageError(AssertionError):
    """The page does not hold what the test wants to use."""


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    disabled: bool


class Input:
    """One input, select or textarea, with what stands in it."""

    def __init__(self, element: HtmlElement) -> None:
        self.element = element
        self.name: str = element.get("name")
        self.kind: str = element.get("type", "text").lower() if element.tag == "input" else element.tag
        self.multiple = element.get("multiple") is not None
        self.ticked = element.get("checked") is not None

    @cached_property
    def options(self) -> list[Option]:
        """Read when they are asked for: most fields of a page are not those that a test fills in."""
        return [Option(value_of(one), text_of(one), disabled(one)) for one in self.element.iter("option")]

    @cached_property
    def values(self) -> list[Any]:
        """What stands in it, until something else is entered."""
        if self.kind == "select":
            every = list(self.element.iter("option"))
            chosen = [value_of(one) for one in every if one.get("selected") is not None]
            if self.multiple or chosen:
                return chosen if self.multiple else chosen[-1:]
            return next(([value_of(one)] for one in every if not disabled(one)), [])
        if self.kind == "textarea":
            return [(self.element.text_content() or "").removeprefix("\n")]
        if self.kind == "file":
            return []
        return [self.element.get("value", "on" if self.kind in ("checkbox", "radio") else "")]

    @property
    def reachable(self) -> bool:
        """Whether a person can change it."""
        hidden = any(one.get("hidden") is not None for one in (self.element, *self.element.iterancestors()))
        locked = disabled(self.element) or self.element.get("readonly") is not None
        return self.kind != "hidden" and not hidden and not locked

    def enter(self, value: Any) -> None:
        if self.kind == "select":
            wanted = [entered(one) for one in (value if isinstance(value, (list, tuple)) else [value])]
            self.values = [self._option(one) for one in wanted]
        elif self.kind == "file":
            self.values = list(value) if isinstance(value, (list, tuple)) else [value] if value else []
            if len(self.values) > 1 and not self.multiple:
                raise PageError(f"{self.name!r} takes one file")
        else:
            self.values = [entered(value)]

    def _option(self, wanted: str) -> str:
        for one in self.options:
            if wanted in (one.value, one.label) and not one.disabled:
                return one.value
        offered = [(one.value, one.label) for one in self.options if not one.disabled]
        raise PageError(f"{self.name!r} does not offer {wanted!r}, but {offered}")

    def sent(self) -> list[Any]:
        """The values that go along."""
        if disabled(self.element) or (self.kind in ("checkbox", "radio") and not self.ticked):
            return []
        if self.kind == "file":
            return self.values
        text = [str(one).encode("utf-16", "surrogatepass").decode("utf-16", "replace") for one in self.values]
        if self.kind == "textarea":
            return [re.sub(r"\r\n|\r|\n", "\r\n", one) for one in text]
        return text if self.kind in ("select", "hidden") else [re.sub(r"[\r\n]", "", one) for one in text]

    def complaint(self, same: Sequence["Input"]) -> str:
        """What the browser has against it; empty when nothing. `same`: all fields of this name."""
        if not self.reachable:
            return ""
        values = [one for one in self.values if one != ""]
        if self.element.get("required") is not None:
            if self.kind == "radio":
                if not any(one.ticked for one in same):
                    return "choose one"
            elif not values or (self.kind == "checkbox" and not self.ticked):
                return "fill this in"
        if self.kind in ("checkbox", "radio", "select", "file") or not values:
            return ""
        return self._shape(str(values[0]))

    def _shape(self, value: str) -> str:
        length = len(value.encode("utf-16-le", "surrogatepass")) // 2  # as JavaScript counts
        most, least, pattern = (self.element.get(name) for name in ("maxlength", "minlength", "pattern"))
        if most and length > int(most):
            return f"no more than {most} characters fit"
        if least and length < int(least):
            return f"at least {least} characters"
        if pattern and not re.fullmatch(pattern, value):
            return f"not like {pattern}"
        return self._kind(value)

    def _kind(self, value: str) -> str:
        if self.kind == "number":
            return self._number(value)
        shape = SHAPES.get(self.kind)
        if shape and not re.fullmatch(shape, value):
            return f"{value!r} is no {self.kind}"
        if self.kind in SHAPES and self.kind not in ("email", "url"):  # both sort as they are written
            first, last = self.element.get("min"), self.element.get("max")
            if (first and value < first) or (last and value > last):
                return f"{value} is not between {first} and {last}"
        return ""

    def _number(self, value: str) -> str:
        if not re.fullmatch(r"-?\d*\.?\d+([eE][-+]?\d+)?", value):
            return f"{value!r} is no number"
        least, most, step = (self.element.get(name) for name in ("min", "max", "step"))
        if (least and float(value) < float(least)) or (most and float(value) > float(most)):
            return f"{value} is not between {least} and {most}"
        if step != "any":
            steps = (float(value) - float(least or 0)) / float(step or 1)
            if abs(steps - round(steps)) > 1e-6:
                return f"{value} is not a step of {step or 1}"
        return ""


SHAPES = {
    "email": r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*",
    "url": r"[a-zA-Z][a-zA-Z0-9+.-]*:.+",
    "date": r"\d{4,6}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d(\.\d+)?)?",
    "datetime-local": r"\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?",
    "month": r"\d{4,6}-\d\d",
    "week": r"\d{4,6}-W\d\d",
}


def choose(found: list[Input], value: Any) -> None:
    """Tick those of the boxes or buttons that are meant."""
    if isinstance(value, bool):
        if len(found) != 1:
            raise PageError(f"{found[0].name!r} has {len(found)} boxes: name the values of those to tick")
        found[0].ticked = value
        return
    wanted = [entered(one) for one in (value if isinstance(value, (list, tuple, set)) else [value])]
    offered = {str(one.values[0]) for one in found}
    if missing := set(wanted) - offered:
        raise PageError(f"{found[0].name!r} does not offer {missing}, but {offered}")
    for one in found:
        one.ticked = one.values[0] in wanted


def entered(value: Any) -> str:
    """As a person enters it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if hasattr(value, "pk"):
        return str(value.pk)
    return str(value)


def disabled(element: HtmlElement) -> bool:
    """By itself, or by a fieldset around it that is."""
    if element.get("disabled") is not None:
        return True
    inner = element
    for outer in element.iterancestors():
        if outer.tag in ("fieldset", "optgroup") and outer.get("disabled") is not None:
            legends = outer.findall("legend")
            if not (legends and inner is legends[0]):
                return True
        inner = outer
    return False


def value_of(option: HtmlElement) -> str:
    return text_of(option) if (given := option.get("value")) is None else given


READ = XPath(".//text()[not(ancestor::kbd)]")


def text_of(element: HtmlElement) -> str:
    """What is read on it: without the key of the keyboard that presses it."""
    words = "".join(READ(element))
    return " ".join(words.split()) or element.get("aria-label") or element.get("value", "")
