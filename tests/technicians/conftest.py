"""The small company of the planning tests."""

from tests.planning.conftest import friday_before, web, world  # noqa: F401
