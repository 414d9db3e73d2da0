"""One job by hand, in a real browser: from a telephone call to the bookkeeper's package."""

import pytest

from tests.browser import telling
from tests.e2e import asking, billing, exporting, working
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_one_job_from_a_telephone_call_to_the_package(stage: Stage) -> None:
    with telling(stage.office, stage.phone):
        asking.request_by_telephone(stage)
        asking.intake_planned(stage)
        asking.intake_handed_in(stage)
        asking.quote_made_and_sent(stage)
        asking.quote_accepted_twice(stage)
        working.work_planned(stage)
        working.work_done(stage)
        working.review_approved(stage)
        billing.draft_made(stage)
        billing.issued_in_two_tabs(stage)
        billing.sent_and_read(stage)
        billing.paid_in_parts(stage)
        exporting.package_downloaded(stage)
        exporting.everything_adds_up(stage)
