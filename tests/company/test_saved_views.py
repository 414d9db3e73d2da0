import pytest

from apps.company.models import SavedView

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/views/add/"
GIVEN = {"name": "Urgent", "list": "requests", "path": "/requests/", "query": "urgency=urgent"}


def test_a_saved_view_comes_back_as_a_link_to_the_list(cast, client_as):
    answer = client_as(cast.bram).post(ADDRESS, GIVEN)
    assert answer.status_code == 302
    assert answer["Location"] == "/requests/?urgency=urgent"
    assert SavedView.objects.get().user == cast.bram


def test_the_same_name_gets_the_new_filters(cast, client_as):
    client = client_as(cast.bram)
    client.post(ADDRESS, GIVEN)
    client.post(ADDRESS, GIVEN | {"query": "urgency=high"})
    assert SavedView.objects.get().query == "urgency=high"


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_it_leads_nowhere_else(cast, client_as, path):
    assert client_as(cast.bram).post(ADDRESS, GIVEN | {"path": path}).status_code == 422


def test_a_colleague_cannot_remove_it(cast, client_as):
    client_as(cast.bram).post(ADDRESS, GIVEN)
    view = SavedView.objects.get()
    assert client_as(cast.petra).post(f"/settings/views/{view.pk}/remove/").status_code == 404
    answer = client_as(cast.bram).post(f"/settings/views/{view.pk}/remove/", {"back": "/requests/"})
    assert answer["Location"] == "/requests/"
    assert not SavedView.objects.exists()


def test_a_technician_has_no_lists(cast, client_as):
    assert client_as(cast.tim).post(ADDRESS, GIVEN).status_code == 403
