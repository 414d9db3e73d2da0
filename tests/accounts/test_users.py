import threading
from contextlib import suppress
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from apps.accounts import actions
from apps.accounts.actions import users
from apps.accounts.models import Invitation, User
from apps.accounts.roles import ABILITIES, ADMIN, OFFICE, OWNER, ROLE_LABELS, TECHNICIAN, is_possible
from apps.core.actors import SYSTEM
from apps.core.database import OFFICE as OFFICE_ROLE
from apps.core.database import as_role
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from apps.messaging.models import Message
from apps.technicians.actions import technician_invite
from tests.conftest import PASSWORD
from tests.pages import post_by_hand, submit
from tests.statements import statements
from tests.tampering import submit_tampered

pytestmark = pytest.mark.django_db


def matrix() -> dict[str, set[str]]:
    groups = Group.objects.prefetch_related("permissions")
    return {group.name: {one.codename for one in group.permissions.all()} for group in groups}


def test_the_list_counts_and_filters_by_role(cast, client_as):
    page = client_as(cast.ada).get("/users/", {"role": ADMIN, "status": "active"})
    assert [user.name for user in page.context["page"].rows] == ["Ada"]
    assert [one["value"] for one in page.context["page"].counters] == [2, 1, 1, 0]


def test_search_finds_part_of_a_name_or_address(cast, client_as):
    page = client_as(cast.ada).get("/users/", {"q": "tess"})
    assert [user.name for user in page.context["page"].rows] == ["Tessa"]


@pytest.mark.parametrize(
    "address", ["/users/", "/users/roles/", "/users/invitations/", "/users/invitations/send/"]
)
@pytest.mark.parametrize("name", ["bram", "olga", "tim"])
def test_only_whoever_manages_users_comes_in(cast, client_as, address, name):
    assert client_as(cast.everyone[name]).get(address).status_code == 403


def test_an_unknown_user_is_not_found(cast, client_as):
    assert client_as(cast.ada).get("/users/999999/").status_code == 404


def test_the_detail_says_what_the_user_may_do_and_by_which_role(cast, client_as):
    page = client_as(cast.ada).get(f"/users/{cast.bram.pk}/")
    rights = {str(one["label"]): one["roles"] for one in page.context["rights"]}
    assert [str(one) for one in rights["review recorded work"]] == ["Back office"]
    assert rights["invite users and change their roles"] == []


def test_the_list_asks_the_same_however_many_users(cast, client_as):
    client = client_as(cast.ada)
    few = statements(client, "/users/")
    for number in range(15):
        actions.user_create(
            by=cast.ada, email=f"u{number}@x.example", name=f"User {number}", user_roles=[OFFICE]
        )
    assert statements(client, "/users/") == few


def test_a_change_of_name_and_roles_is_kept_and_audited(cast, client_as):
    answer = submit(
        f"/users/{cast.bram.pk}/change/", client=client_as(cast.ada),
        name="Bram B.", initials="bb", user_roles=[OFFICE, OWNER], password=PASSWORD,
    )  # fmt: skip
    assert answer.status_code == 302
    bram = User.objects.get(pk=cast.bram.pk)
    assert (bram.name, bram.initials, bram.role_names) == ("Bram B.", "BB", {OFFICE, OWNER})
    assert AuditEvent.objects.about(bram).get(verb="user.change").data["roles_before"] == [OFFICE]


def test_a_user_without_a_role_is_refused_at_the_field(cast, client_as):
    answer = submit(f"/users/{cast.bram.pk}/change/", client=client_as(cast.ada), user_roles=[])
    assert answer.status_code == 422
    assert "user_roles" in answer.context["form"].errors


def deactivate(client, user, reason, **more):
    return submit(f"/users/{user.pk}/deactivate/", client=client, reason=reason, **more)


def test_deactivating_takes_the_running_login_too(cast, client_as):
    bram = client_as(cast.bram)
    assert bram.get("/components/").status_code == 200
    answer = deactivate(client_as(cast.ada), cast.bram, "left the company")
    assert answer.status_code == 302
    assert bram.get("/components/").status_code == 302
    assert AuditEvent.objects.about(cast.bram).get(verb="user.deactivate").reason == "left the company"


def test_deactivating_needs_a_reason(cast, client_as):
    assert deactivate(client_as(cast.ada), cast.bram, "", past_browser=True).status_code == 422
    assert User.objects.get(pk=cast.bram.pk).is_active


def test_a_user_can_be_deactivated_again_after_activating(cast, client_as):
    client = client_as(cast.ada)
    for _time in range(2):
        deactivate(client, cast.bram, "away")
        assert not User.objects.get(pk=cast.bram.pk).is_active
        submit(f"/users/{cast.bram.pk}/", client=client, form=f"/users/{cast.bram.pk}/activate/")
        assert User.objects.get(pk=cast.bram.pk).is_active


def test_nobody_deactivates_themselves(cast, client_as):
    own = f"/users/{cast.ada.pk}/deactivate/"
    assert post_by_hand(client_as(cast.ada), own, {"reason": "x"}).status_code == 409


def test_an_admin_cannot_drop_the_admin_role(cast):
    other = actions.user_create(by=cast.ada, email="b@x.example", name="B", user_roles=[ADMIN])
    with pytest.raises(Refused, match="You cannot take the management of"):
        actions.user_change(user=cast.ada, by=cast.ada, name="Ada", initials="A", user_roles=[OFFICE])
    assert other.may("manage_users")


def test_the_last_admin_stays(cast):
    for change in (
        lambda: actions.user_deactivate(user=cast.ada, by=cast.olga, reason="x"),
        lambda: actions.user_change(user=cast.ada, by=cast.olga, name="A", initials="A", user_roles=[OFFICE]),
        lambda: actions.role_abilities_set(allowed={ADMIN: {"see_office"}}, by=cast.olga),
        lambda: actions.role_abilities_set(allowed={ADMIN: {"manage_users"}}, by=cast.olga),
    ):
        with pytest.raises(Refused, match="Somebody must be able to manage"):
            change()
    ada = User.objects.get(pk=cast.ada.pk)
    assert ada.is_active
    assert ada.may("manage_users")
    assert ada.may("see_office")


def test_the_matrix_page_changes_what_a_role_may(cast, client_as):
    wanted = matrix()
    wanted[OFFICE].discard("write_off")
    wanted[OWNER].add("manage_users")
    answer = submit(
        "/users/roles/", client=client_as(cast.ada), password=PASSWORD,
        **{role: wanted[role] for role in (OFFICE, OWNER)},
    )  # fmt: skip
    assert answer.status_code == 302
    assert matrix() == wanted
    assert not User.objects.get(pk=cast.bram.pk).may("write_off")
    page = client_as(cast.ada).get("/users/roles/")
    assert len(page.context["events"]) == 2


def test_a_technicians_role_can_never_get_more(cast, client_as):
    assert [ability for ability in matrix()[OWNER] if is_possible(TECHNICIAN, ability)] == []
    wanted = matrix()
    wanted[TECHNICIAN].add("see_prices")
    given = {TECHNICIAN: sorted(wanted[TECHNICIAN])}
    answer = submit_tampered("/users/roles/", given, client=client_as(cast.ada), form="/users/roles/")
    assert answer.status_code == 422
    with pytest.raises(Refused, match="role can never open the office"):
        actions.role_abilities_set(allowed=wanted, by=cast.ada)
    assert not User.objects.get(pk=cast.tim.pk).may("see_prices")


def test_users_are_managed_in_the_database_role_of_the_office(cast):
    with as_role(OFFICE_ROLE, user_id=cast.ada.pk):
        user = actions.user_create(by=cast.ada, email="n@x.example", name="New", user_roles=[OFFICE])
        actions.user_change(user=user, by=cast.ada, name="New", initials="N", user_roles=[OWNER])
        actions.user_deactivate(user=user, by=cast.ada, reason="x")
        actions.role_abilities_set(allowed={OWNER: matrix()[OWNER] | {"manage_users"}}, by=cast.ada)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [False, True])
def test_two_admins_at_once_cannot_remove_each_other(transactional_cast, monkeypatch, locked):
    """Without the lock both succeed and nobody is left; with it one of them is refused."""
    cast = transactional_cast
    eve = actions.user_create(by=cast.ada, email="eve@x.example", name="Eve", user_roles=[ADMIN])
    meeting = threading.Barrier(2, timeout=3)
    if not locked:
        monkeypatch.setattr(users, "_users_lock", lambda: None)
    check = users._check_an_admin_is_left

    def check_together(*args):
        check(*args)
        with suppress(threading.BrokenBarrierError):
            meeting.wait()  # both have looked before either commits: only possible without the lock

    monkeypatch.setattr(users, "_check_an_admin_is_left", check_together)
    refused = []

    def remove(who, by):
        try:
            actions.user_deactivate(user=who, by=by, reason="race")
        except Refused:
            refused.append(by)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((eve, cast.ada), (cast.ada, eve))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = User.objects.active().able("manage_users").count()
    assert (left, len(refused)) == ((1, 1) if locked else (0, 0))


def test_every_ability_has_words_in_the_matrix(cast, client_as):
    page = client_as(cast.ada).get("/users/roles/")
    assert all(len(row["cells"]) == len(ROLE_LABELS) and row["label"] for row in page.context["rows"])


def test_activating_again_revives_no_session_of_before(cast, client_as):
    old = client_as(cast.bram)
    assert old.get("/users/").status_code != 302
    actions.user_deactivate(user=cast.bram, by=cast.ada, reason="Left")
    assert old.get("/users/").status_code == 302
    actions.user_activate(user=cast.bram, by=cast.ada)
    assert old.get("/users/").status_code == 302
    assert client_as(User.objects.get(pk=cast.bram.pk)).get("/users/").status_code != 302


# -- whoever manages users can let others in ------------------------------------------------


@pytest.fixture
def ada_reads_english(cast):
    User.objects.filter(pk=cast.ada.pk).update(language="en")


def test_an_invitation_to_manage_users_is_told_to_whoever_does(cast, ada_reads_english):
    """Also to the one in whose name it was sent: the session may have been left open."""
    send = partial(actions.invitation_send, by=cast.ada, name="New")
    send(email="office@new.example", user_roles=[OFFICE])
    assert not Message.objects.filter(kind="account").exists()
    send(email="admin@new.example", user_roles=[OFFICE, ADMIN])
    (mail,) = Message.objects.filter(kind="account")
    assert mail.to_address == cast.ada.email
    assert "Ada invited New, admin@new.example, to manage the users" in mail.body


def by_a_role(cast):
    names = {"name": "Bram", "initials": "BR", "user_roles": [OFFICE, ADMIN]}
    actions.user_change(user=cast.bram, by=cast.ada, **names)


def by_the_matrix(cast):
    allowed = matrix()[OFFICE] & set(ABILITIES) | {"manage_users"}
    actions.role_abilities_set(by=cast.ada, allowed={OFFICE: allowed})


def by_activating(cast):
    User.objects.filter(pk=cast.bram.pk).update(is_active=False)
    cast.bram.groups.add(Group.objects.get(name=ADMIN))
    actions.user_activate(user=cast.bram, by=cast.ada)


@pytest.mark.parametrize("way", [by_a_role, by_the_matrix, by_activating])
def test_somebody_who_comes_to_manage_users_is_told_to_whoever_did(cast, ada_reads_english, way):
    way(cast)
    mails = Message.objects.filter(kind="account", body__contains=f"Bram, {cast.bram.email}, can manage")
    assert [mail.to_address for mail in mails] == [cast.ada.email]


def lose_the_login(cast, leaver):
    actions.user_deactivate(user=leaver, by=cast.ada, reason="Left")


def lose_the_role(cast, leaver):
    actions.user_change(user=leaver, by=cast.ada, name="Leo", initials="LE", user_roles=[OFFICE])


@pytest.mark.parametrize("way", [lose_the_login, lose_the_role])
def test_nobody_comes_back_in_by_an_invitation_of_their_own(cast, way):
    leaver = actions.user_create(by=cast.ada, email="leo@x.example", name="Leo", user_roles=[ADMIN])
    own = actions.invitation_send(by=leaver, email="leo@home.example", name="L", user_roles=[ADMIN])
    other = actions.invitation_send(by=cast.ada, email="new@x.example", name="N", user_roles=[OFFICE])
    phone = technician_invite(by=leaver, email="tom@x.example", name="Tom", language="nl")
    way(cast, leaver)
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.status, other.status) == ("revoked", "invited")
    assert Invitation.objects.get(user=phone.user).status == "invited"
    event = AuditEvent.objects.filter(subject_type="accounts.invitation", subject_id=own.pk).latest("pk")
    assert event.reason == "Whoever sent it manages no users any more."
    with pytest.raises(Refused, match="“Accepted” is no longer possible"):
        actions.invitation_accept(
            invitation=own, by=SYSTEM, password="loodgieter-breda", initials="L", language="nl"
        )
