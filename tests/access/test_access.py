"""Every address × every role: who comes in, who is refused, and that nothing is open by accident."""

from typing import Any

from django.test import Client, TestCase
from django.urls import reverse
from django.urls.exceptions import NoReverseMatch

from tests.world import World, routes, world_make

# Open to the world, each for its own reason: login, the public form, private links (which look their token up), and the
# photos of a refused form (for whoever sent them).
PUBLIC = ("account_", "mfa_login", "mfa_authenticate", "request:", "quote:", "extra-work:", "pay:", "join:", "set_language", "company:logo", "documents:kept", "health")  # fmt: skip
# For everyone who is logged in: it shows no more than one's own.
OWN = {
    # a technician opens those of their own jobs; the queryset decides
    "workorders:work_order_pdf",
    "workorders:work_order_file",
    "account", "office:home", "office:theme", "office:language", "messaging:notice_list", "messaging:notice_open",
}  # fmt: skip
VALUES = {
    "token": "x" * 43,
    "about": "workorders.workorder",
    "number": "W26-1190",
    "series": "quote",
    "key": "k",
}


def address(name: str, pattern: Any, pk: int) -> str | None:
    """The address of a route with likely values in it; None when it needs something that we do not have."""
    kwargs = {}
    for parameter, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__
        if parameter in VALUES:
            kwargs[parameter] = VALUES[parameter]
        elif kind == "IntConverter":
            kwargs[parameter] = pk
        elif kind == "UUIDConverter":
            kwargs[parameter] = "7d3c1c8e-0d5c-4b7a-9c54-2f3c1f0a9d11"
        else:
            kwargs[parameter] = "x"
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return None


class AccessTest(TestCase):
    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = world_make()

    def client_of(self, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if who:
            client.force_login(self.world.users[who], backend="apps.accounts.backends.AccountBackend")
        return client

    def each(self) -> list[tuple[str, str, Any]]:
        found = []
        for name, _route, pattern in routes():
            for pk in self.world.candidates[:4]:
                url = address(name, pattern, pk) if name else None
                if url is None:
                    break
                found.append((name, url, pattern.callback))
                if not pattern.pattern.converters:
                    break
        return found

    def test_a_stranger_is_sent_to_the_login_everywhere_but_at_the_open_pages(self) -> None:
        client, wrong = self.client_of(""), []
        for name, url, _view in self.each():
            answer = client.get(url)
            if name.startswith(PUBLIC):
                continue
            if answer.status_code != 302 or "/account/login/" not in answer["Location"]:
                wrong.append((name, url, answer.status_code))
        assert wrong == []

    def test_every_page_names_its_ability_or_is_declared_open(self) -> None:
        undeclared = {
            name
            for name, _url, view in self.each()
            if not hasattr(view, "ability") and name not in OWN and not name.startswith((*PUBLIC, "mfa_"))
        }
        assert undeclared == set()

    def check_role(self, who: str) -> None:
        client, user, wrong = self.client_of(who), self.world.users[who], []
        for name, url, view in self.each():
            ability = getattr(view, "ability", "")
            if not ability:
                continue
            answer = client.get(url)
            allowed = user.may(ability)
            expected = (200, 204, 301, 302, 303, 400, 404, 405, 409, 422) if allowed else (403,)
            if answer.status_code not in expected:
                wrong.append((name, url, ability, answer.status_code))
        assert wrong == []

    def test_the_owner(self) -> None:
        self.check_role("olga")

    def test_the_back_office(self) -> None:
        self.check_role("bram")

    def test_the_admin(self) -> None:
        self.check_role("ada")

    def test_the_technician(self) -> None:
        self.check_role("tim")

    def test_the_technician_who_is_not_assigned(self) -> None:
        self.check_role("tessa")

    def test_the_contractor(self) -> None:
        self.check_role("zeno")

    def test_a_technician_who_is_not_assigned_finds_none_of_the_job(self) -> None:
        """Out of scope is 404: not even that it exists is told."""
        chain = self.world.chain
        for who, code in (("tim", 200), ("tessa", 404)):
            client = self.client_of(who)
            for name, pk in (("phone:job", chain.assignment.pk), ("phone-intake:report", chain.request.pk)):
                with self.subTest(who=who, name=name):
                    assert client.get(reverse(name, args=[pk])).status_code == code

    def test_a_user_who_was_deactivated_is_out_at_once(self) -> None:
        client = self.client_of("bram")
        user = self.world.users["bram"]
        user.is_active = False
        user.save(update_fields=["is_active"])
        assert client.get(reverse("office:dashboard")).status_code == 302

    def test_somebody_without_any_role_sees_nothing(self) -> None:
        user = self.world.users["bram"]
        user.groups.clear()
        assert self.client_of("bram").get(reverse("office:dashboard")).status_code == 403
