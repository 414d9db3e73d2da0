"""Every form of every page, as each role: what a browser sends is taken, or a person reads why not."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from apps.core import clock
from tests.access.test_access import address
from tests.access.walking import Walk
from tests.stages import Stages
from tests.world import World, routes, world_make

NOON = datetime(2026, 11, 18, 12, 20, tzinfo=timezone.get_default_timezone())
PRIVATE_LINKS = ("request:", "quote:", "extra-work:", "pay:", "join:", "appointment:")

# Buttons that take nothing from who only has a keyboard: what is missing is said.
NEEDS_A_DEVICE = {"mfa_login_webauthn", "mfa_add_webauthn", "mfa_activate_totp"}
# What takes a form, and has none on a page that somebody of this world can meet; with `who`, that person.
NO_FORM = {
    "join:first_admin_create": "only until there is a first user",
    "accounts:factors_remove": "only for who has a second factor",
    "phone:holds": "no form: the phone says by itself what it holds",
    "phone:push_add": "only a browser knows where it is reached: tests/messaging/test_pushes.py",
    "phone:push_remove": "only where somebody has turned pushes on",
    "phone:act_keep": "no form: the phone sends what its own page would not take",
    "field:deviation_follow_up": "only from a leak about a deviation that nobody followed up",
    "field:work_order_enough": "only at a job of which a part was handed in, and that waits for another visit",
    "invoicing:reminder_send": "only once the invoice's mail has left, and no worker runs here",
    "office:guide_dismiss": "only while the company is being set up",
    "office:guide_step_leave": "only while the company is being set up",
    "planning:plan_undo": "only as long as a mail waits",
    "planning:appointment_tell": "only as long as a mail waits",
    "planning:appointments_tell": "only as long as a mail waits",
    "planning:day_routes_apply": "only on a day that can be driven better: tests/planning/test_day_routes.py",
    "planning:day_routes_undo": "only after such a day was driven better",
    "appointment:appointment_move_ask": "the customer's earlier question waits for an answer",
    "appointment:appointment_off_ask": "the customer's earlier question waits for an answer",
    "accounts:user_hand_over": "only when somebody holds something of the office's",
    "ada pricing:technician_rate_set": "it is linked beside the rates, and an admin sees no costs",
}


class FormsWalk(TestCase):
    world: World
    stages: Stages

    @classmethod
    def setUpTestData(cls) -> None:
        with clock.at(NOON):
            cls.world = world_make()
            cls.stages = Stages(cls.world)
            cls.stages.make()

    def walk(self, who: str, *starts: str) -> None:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if who:
            client.force_login(self.world.users[who], backend="apps.accounts.backends.AccountBackend")
        with clock.at(NOON):
            walk = Walk(client, inside=bool(who))(starts)
        wrong = [*walk.faults, *(f"{address} {said}" for said, address in walk.keyless.items())]
        wrong += [
            f"{one} is never taken: {said}"
            for one, said in walk.refused.items()
            if one.target not in NEEDS_A_DEVICE
        ]
        missed = (
            set(self.posts(who, client))
            - {one.target for one in walk.saved}
            - {name.removeprefix(f"{who} ") for name in NO_FORM}
        )
        wrong += [f"no form that was met leads to {name}" for name in sorted(missed)]
        assert "\n".join(wrong) == ""

    def posts(self, who: str, client: Client) -> Iterator[str]:
        """The addresses that take a form from this person."""
        for name, _route, pattern in routes():
            url = address(name, pattern, 1) if name else None
            ability = getattr(pattern.callback, "ability", "")
            theirs = self.world.users[who].may(ability) if who and ability else name.startswith(PRIVATE_LINKS)
            if url and theirs and (not who) == (not ability) and takes_post(client, url):
                yield name

    def test_the_owner(self) -> None:
        self.walk("olga", *self.stages.behind_filters(), "/dashboard/")

    def test_the_back_office(self) -> None:
        self.walk("bram", *self.stages.behind_filters(), "/dashboard/")

    def test_the_admin(self) -> None:
        self.walk("ada", "/dashboard/")

    def test_the_technician(self) -> None:
        self.walk("tim", "/phone/")

    def test_a_stranger(self) -> None:
        links = [reverse(name, args=[token]) for name, token in self.stages.links().items()]
        self.walk(
            "", "/request/", "/request/embed/", "/account/login/", "/account/password/forgotten/", *links
        )


def takes_post(client: Client, url: str) -> bool:
    """Whether the view says so; it is asked before it looks anything up."""
    answer: Any = client.options(url)
    return "POST" in answer.get("Allow", "")
