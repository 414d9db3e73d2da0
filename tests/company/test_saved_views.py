import pytest

from apps.company.models import SavedView
from tests.pages import post_by_hand, submit
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/views/add/"


def page_of(client, query="urgency=urgent"):
    """The page that the list links to."""
    return client.get(client.get(f"/requests/?{query}").context["saved"].save_url)


def keep(client, query="urgency=urgent"):
    return submit(page_of(client, query), client=client, press="Save", name="Urgent")


def test_a_saved_view_comes_back_as_a_link_to_the_list(cast, client_as):
    answer = keep(client_as(cast.bram))
    assert answer.status_code == 302
    assert answer["Location"] == "/requests/?urgency=urgent"
    assert SavedView.objects.get().user == cast.bram


def test_the_same_name_gets_the_new_filters(cast, client_as):
    client = client_as(cast.bram)
    keep(client)
    keep(client, "urgency=high")
    assert SavedView.objects.get().query == "urgency=high"


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_it_leads_nowhere_else(cast, client_as, path):
    client = client_as(cast.bram)
    given = {"name": "Urgent", "path": path}
    answer = submit_tampered(page_of(client), given, client=client, press="Save")
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_a_colleague_cannot_remove_it(cast, client_as):
    keep(client_as(cast.bram))
    remove = f"/settings/views/{SavedView.objects.get().pk}/remove/"
    assert post_by_hand(client_as(cast.petra), remove).status_code == 404
    client = client_as(cast.bram)
    answer = submit(page_of(client), client=client, form=remove)
    assert answer["Location"] == "/requests/"
    assert not SavedView.objects.exists()


def test_a_technician_has_no_lists(cast, client_as):
    given = {"name": "Urgent", "list": "requests", "path": "/requests/", "query": "urgency=urgent"}
    assert post_by_hand(client_as(cast.tim), ADDRESS, given).status_code == 403
