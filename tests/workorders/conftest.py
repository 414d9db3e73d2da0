"""The small company of the planning tests."""

from tests.planning.conftest import friday_before, small_company, web, world  # noqa: F401
