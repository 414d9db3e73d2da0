"""What the tests themselves lean on: the strict templates, and who runs what beside whom."""

import pytest
from django.template import engines

from tests.workers import world


class Order:
    number = "W26-0001"

    def label(self) -> str:
        return "Planned"


@pytest.mark.parametrize(
    "text", ["{{ order.label }}", "{% if order.label %}x{% endif %}", "{{ order.label|upper }}"]
)
def test_a_method_that_a_template_only_names_is_refused(text: str) -> None:
    template = engines["jinja2"].from_string(text)
    with pytest.raises(TypeError, match=r"label of .* is a method"):
        template.render({"order": Order()})


def test_a_method_that_is_called_and_a_value_are_shown() -> None:
    template = engines["jinja2"].from_string(
        "{{ order.number }} {{ order.label() }} {{ nothing.at.all }} {{ given.nothing }}"
    )
    assert template.render({"order": Order(), "given": {}}) == "W26-0001 Planned  "


def test_what_an_object_does_not_have_is_refused() -> None:
    """A condition on an attribute that was renamed is never true: nobody misses what depends on it."""
    template = engines["jinja2"].from_string("{% if order.is_planned %}x{% endif %}")
    with pytest.raises(AttributeError, match="has no is_planned"):
        template.render({"order": Order()})


@pytest.mark.parametrize(
    ("nodeid", "shared"),
    [
        ("tests/acceptance/loaded/test_scale.py::TestConsistency::test_one", "tests/acceptance/loaded/"),
        ("tests/acceptance/test_believable.py::test_two[a::b]", "tests/acceptance/test_believable.py"),
        ("tests/tasks/test_tasks.py::TestThePage::test_one[x]", "tests/tasks/test_tasks.py"),
        ("tests/core/test_money.py::test_one[a::b]", "tests/core/test_money.py"),
    ],
)
def test_what_shares_a_world_runs_on_one_worker(nodeid: str, shared: str) -> None:
    assert world(nodeid) == shared
