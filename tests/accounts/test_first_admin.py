"""The first admin of a new installation: by the link of the first start, or at the command line."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from apps.accounts import actions
from apps.accounts.first_admin import first_admin_path
from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.models import AuditEvent
from apps.core.refusals import Refused
from config import prepare
from tests.conftest import PASSWORD, Cast
from tests.pages import submit

ANN = {"name": "Ann Prins", "email": "Ann@Prins.example", "password": PASSWORD, "again": PASSWORD}


def given(**other: Any) -> dict[str, Any]:
    return {
        "email": "ann@prins.example",
        "name": "Ann Prins",
        "language": "nl",
        "password": PASSWORD,
        "more_roles": [],
    } | other


@pytest.mark.django_db
class TestTheLink:
    def test_makes_an_admin_who_is_in_at_once(self, client: Client) -> None:
        answer = submit(first_admin_path(), client=client, **ANN)
        assert answer.status_code == 302
        ann = User.objects.get()
        assert (ann.email, ann.initials, ann.role_names) == ("ann@prins.example", "AP", {"admin", "owner"})
        assert ann.may("manage_users")
        assert ann.check_password(PASSWORD)
        assert client.get(reverse("accounts:user_list")).status_code == 200
        assert AuditEvent.objects.filter(verb="user.create", subject_id=ann.pk).exists()

    def test_works_once(self, client: Client) -> None:
        path = first_admin_path()
        submit(path, client=client, **ANN)
        answer = Client().get(path)
        assert answer.status_code == 410
        assert "ask them for an invitation" in answer.content.decode()
        assert Client().get(first_admin_path()).status_code == 410

    def test_does_nothing_where_there_is_an_admin(self, cast: Cast, client: Client) -> None:
        assert client.get(first_admin_path()).status_code == 410

    def test_ends_after_a_day(self, client: Client) -> None:
        path = first_admin_path()
        with clock.at(clock.now() + timedelta(hours=23)):
            assert client.get(path).status_code == 200
        with clock.at(clock.now() + timedelta(hours=25)):
            assert client.get(path).status_code == 410

    def test_cannot_be_made_up(self, client: Client) -> None:
        path = first_admin_path()
        for wrong in (
            path[:-3] + "x/",
            reverse("join:first_admin_create", args=["eyJ1bnRpbCI6OTk5OTk5OTk5OX0"]),
        ):
            assert client.get(wrong).status_code == 410

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, client: Client) -> None:
        answer = submit(
            first_admin_path(), client=client, **(ANN | {"again": "another", "password": PASSWORD})
        )
        assert answer.status_code == 422
        assert "The two passwords differ." in answer.content.decode()
        assert 'value="Ann Prins"' in answer.content.decode()
        assert not User.objects.exists()

    def test_a_password_like_the_name_is_refused(self, client: Client) -> None:
        typed = ANN | {"password": "annprins", "again": "annprins"}
        assert submit(first_admin_path(), client=client, **typed).status_code == 422

    def test_the_login_page_says_where_it_is(self, client: Client) -> None:
        assert "first admin" in client.get(reverse("account_login")).content.decode()

    def test_the_login_page_says_nothing_of_it_once_there_is_one(self, cast: Cast, client: Client) -> None:
        assert "first admin" not in client.get(reverse("account_login")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_becomes_the_admin() -> None:
    def press(number: int) -> str:
        try:
            actions.first_admin_create(by=SYSTEM, **given(email=f"ann{number}@prins.example"))
        except Refused:
            return "refused"
        finally:
            connections.close_all()
        return "made"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["made", "refused", "refused", "refused"]
    assert User.objects.managing().count() == 1


@pytest.mark.django_db
class TestTheSetUp:
    def test_leaves_the_link_for_the_server_until_there_is_an_admin(
        self, settings: Any, tmp_path: Path, client: Client
    ) -> None:
        settings.VAR_DIR = tmp_path
        prepare.offer_first_admin()
        path = tmp_path / "first_admin.txt"
        assert path.stat().st_mode & 0o077 == 0
        submit(path.read_text(), client=client, **ANN)
        prepare.offer_first_admin()
        assert not path.exists()

    def test_builds_no_demo_company_over_somebody(self, settings: Any, tmp_path: Path) -> None:
        settings.VAR_DIR = tmp_path
        actions.first_admin_create(by=SYSTEM, **given())
        prepare.build_demo_company()
        with pytest.raises(CommandError, match="in use"):
            call_command("demo")
        assert User.objects.count() == 1

    def test_the_command_prints_the_link_while_there_is_no_admin(self, client: Client) -> None:
        out = io.StringIO()
        call_command("first_admin_link", stdout=out)
        address = out.getvalue().strip()
        assert client.get(re.sub(r"^https?://[^/]+", "", address)).status_code == 200
        actions.first_admin_create(by=SYSTEM, **given())
        with pytest.raises(CommandError, match="has an admin"):
            call_command("first_admin_link")


@pytest.mark.django_db
class TestCreatesuperuser:
    def test_takes_everything_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("EMAIL", "Ann@prins.example"), ("NAME", "Ann Prins"), ("PASSWORD", PASSWORD)):
            monkeypatch.setenv(f"DJANGO_SUPERUSER_{name}", value)
        call_command("createsuperuser", interactive=False, verbosity=0)
        ann = User.objects.get()
        assert (ann.email, ann.role_names, ann.is_superuser) == ("ann@prins.example", {"admin"}, False)
        assert ann.may("manage_users")

    def test_asks_and_asks_again_for_what_was_wrong(
        self, monkeypatch: pytest.MonkeyPatch, cast: Cast
    ) -> None:
        typed = iter([cast.ada.email, "Ann Prins", "ann@prins.example"])
        secrets = iter(["short", "short", PASSWORD, PASSWORD])
        monkeypatch.setattr("builtins.input", lambda _question: next(typed))
        monkeypatch.setattr(
            "apps.accounts.management.commands.createsuperuser.getpass", lambda _: next(secrets)
        )
        told = io.StringIO()
        call_command("createsuperuser", more_roles=["owner"], stderr=told)
        ann = User.objects.get(email="ann@prins.example")
        assert ann.role_names == {"admin", "owner"}
        assert "There is a user with this e-mail address already." in told.getvalue()
        assert "too short" in told.getvalue()

    def test_says_what_is_missing_when_it_may_not_ask(self) -> None:
        with pytest.raises(CommandError, match="Password"):
            call_command("createsuperuser", interactive=False, email="ann@prins.example", name="Ann")
        assert not User.objects.exists()
