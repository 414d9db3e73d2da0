"""Messages on the lock screen: turned on by oneself, each told once and to nobody else, and what it must not say."""

import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as given
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from py_vapid import Vapid02

from apps.accounts.actions import sessions_end, sessions_forget
from apps.accounts.models import Session
from apps.accounts.places import NOWHERE
from apps.core import clock
from apps.messaging import push_service as service_module
from apps.messaging.actions import push_deliver, push_queue
from apps.messaging.actions.pushes import MAX_TRIES
from apps.messaging.models import Notice, Push, PushDevice
from apps.messaging.rules import is_public_address, is_public_https
from apps.planning.actions import assignment_cancel, assignment_move
from config import prepare
from tests.builders import BookingFactory, CustomerFactory, RequestTypeFactory, WorkOrderFactory
from tests.conftest import PASSWORD, Cast
from tests.lock_screen import LockScreen, PushService, push_service, sent
from tests.pages import flat, post_by_hand, submit

pytestmark = pytest.mark.django_db
PAGE = "/phone/push/"
ADDRESS = "https://push.services.example.com/send/abc"


@pytest.fixture
def service(settings: Any, tmp_path: Path) -> Iterator[PushService]:
    with push_service(settings, tmp_path) as found:
        yield found


@pytest.fixture
def tim(cast: Cast) -> Client:
    return login(cast.tim)


def login(user: Any, client: Client | None = None) -> Client:
    client = client or Client()
    submit("/account/login/", client=client, login=user.email, password=PASSWORD)
    return client


def turned_on(client: Client, screen: LockScreen) -> Any:
    return submit(PAGE, client=client, form="/phone/push/add/", by_script=screen.form)


@pytest.fixture
def screen(tim: Client, service: PushService) -> LockScreen:
    found = service.screen()
    assert turned_on(tim, found).status_code == 302
    return found


def booking(user: Any, **more: Any) -> Any:
    start = timezone.localtime(clock.now() + timedelta(days=3)).replace(
        hour=10, minute=0, second=0, microsecond=0
    )
    kind = RequestTypeFactory(name="Boiler", name_nl="Ketel")
    order = WorkOrderFactory(customer=CustomerFactory(), type=kind, title="Boiler of 1,234.56")
    return BookingFactory(technician=user.technician, work_order=order, start=start, hours=2, **more)


def moved(visit: Any, by: Any, hours: int = 2, technician: Any = None) -> Any:
    later = timedelta(hours=hours)
    return assignment_move(
        assignment=visit, technician=technician or visit.technician, start=visit.starts_at + later,
        end=visit.ends_at + later, by=by, version=visit.version,
    )  # fmt: skip


# -- what is told ---------------------------------------------------------------------------


def test_a_new_job_is_told_once_on_each_device(cast: Cast, screen: LockScreen, service: PushService) -> None:
    other = service.screen("tablet")
    turned_on(login(cast.tim), other)
    visit = booking(cast.tim)
    pushes = list(Push.objects.values_list("pk", flat=True))
    assert sent() == [True, True]
    assert [push_deliver(push_id=pk) for pk in pushes] == [True, True]
    assert service.asked == 2
    for one in (screen, other):
        (said,) = one.said
        assert said["title"] == "New on your plan"
        assert (said["url"], said["tag"]) == (f"/phone/job/{visit.pk}/", f"visit-{visit.pk}")
    assert Notice.objects.filter(user=cast.tim).count() == 1
    assert "last message" in flat(login(cast.tim).get(PAGE).text)


def test_a_lock_screen_says_when_and_where_about_and_nothing_of_the_customer(
    cast: Cast, screen: LockScreen
) -> None:
    visit = booking(cast.tim)
    sent()
    job, (said,) = visit.work_order, screen.said
    assert job.number in said["body"]
    assert job.site.city in said["body"]
    words = f"{said['title']} {said['body']}"
    for hidden in (job.customer.name, job.site.street, job.title, "1,234.56"):
        assert hidden not in words


def test_it_is_signed_with_the_installations_own_key(
    cast: Cast, screen: LockScreen, service: PushService, tim: Client
) -> None:
    moved(booking(cast.tim), cast.bram)
    sent()
    (headers,) = screen.headers
    assert Vapid02.verify(headers["Authorization"])
    key = headers["Authorization"].rsplit("k=", 1)[1].rstrip("=")
    assert f'data-key="{key}"' in tim.get(PAGE).text
    assert 0 < int(headers["TTL"]) <= timedelta(days=2).total_seconds()


def test_what_is_moved_again_before_it_was_told_is_told_as_it_is_now(cast: Cast, screen: LockScreen) -> None:
    visit = moved(booking(cast.tim), cast.bram)
    moved(visit, cast.bram)
    assert sent() == [True]
    (said,) = screen.said
    assert said["title"] == "Moved on your plan"
    assert "14:00" in said["body"]


def test_a_cancelled_job_leads_to_the_agenda(cast: Cast, screen: LockScreen) -> None:
    assignment_cancel(assignment=booking(cast.tim), by=cast.bram, reason="Off")
    sent()
    (said,) = screen.said
    assert (said["title"], said["url"]) == ("Off your plan", "/phone/agenda/")


def test_a_job_given_away_is_told_to_both(cast: Cast, screen: LockScreen, service: PushService) -> None:
    tessa = service.screen("tessa")
    turned_on(login(cast.tessa), tessa)
    moved(booking(cast.tim), cast.bram, technician=cast.tessa.technician)
    sent()
    assert [one["title"] for one in screen.said] == ["Off your plan"]
    assert [one["title"] for one in tessa.said] == ["New on your plan"]


def test_what_is_over_is_told_no_more(cast: Cast, screen: LockScreen, service: PushService) -> None:
    visit = booking(cast.tim)
    with clock.at(visit.ends_at):
        assert sent() == [True]
    assert (service.asked, Push.objects.count()) == (0, 0)


# -- what a service answers -----------------------------------------------------------------


@pytest.mark.parametrize("answer", [404, 410])
def test_a_device_that_is_gone_is_taken_off(
    cast: Cast, screen: LockScreen, service: PushService, answer: int
) -> None:
    booking(cast.tim)
    service.answer = answer
    assert sent() == [True]
    assert not PushDevice.objects.exists()


def test_a_service_that_has_trouble_is_asked_again_and_not_for_ever(
    cast: Cast, screen: LockScreen, service: PushService
) -> None:
    booking(cast.tim)
    service.answer = 503
    assert [sent() for _try in range(MAX_TRIES)] == [*[[False]] * (MAX_TRIES - 1), [True]]
    assert sent() == []
    assert PushDevice.objects.get().error == "503"


def test_it_arrives_once_the_service_is_there_again(
    cast: Cast, screen: LockScreen, service: PushService
) -> None:
    booking(cast.tim)
    service.answer = 429
    assert sent() == [False]
    service.answer = 201
    assert sent() == [True]
    assert (len(screen.said), PushDevice.objects.get().error) == (1, "")


@pytest.mark.parametrize("answer", [302, 307, 400, 403, 413])
def test_a_refusal_is_for_good_and_a_redirect_is_never_followed(
    cast: Cast, screen: LockScreen, service: PushService, tim: Client, answer: int
) -> None:
    booking(cast.tim)
    service.answer = answer
    assert sent() == [True]
    assert service.asked == 1
    assert "The last message did not arrive" in flat(tim.get(PAGE).text)


# -- whose it is ----------------------------------------------------------------------------


def test_the_page_shows_ones_own_devices_and_takes_one_off(
    cast: Cast, tim: Client, screen: LockScreen
) -> None:
    assert "this phone" in flat(tim.get(PAGE).text)
    assert "on 1 device" in flat(tim.get(reverse("phone:me")).text)
    device = PushDevice.objects.get()
    taken = reverse("phone:push_remove", args=[device.pk])
    assert post_by_hand(login(cast.tessa), taken).status_code == 404
    submit(PAGE, client=tim, form=taken)
    assert not PushDevice.objects.exists()


def test_logging_out_takes_the_phone_off(cast: Cast, tim: Client, screen: LockScreen) -> None:
    booking(cast.tim)
    submit(reverse("phone:me"), client=tim, press="Log out")
    assert not PushDevice.objects.exists()
    assert not Push.objects.exists()


def test_a_login_that_ran_out_goes_on_telling_and_the_next_one_ends_it(
    cast: Cast, tim: Client, screen: LockScreen
) -> None:
    ran_out(cast.tim)
    assert PushDevice.objects.exists()
    submit(reverse("phone:me"), client=login(cast.tim, tim), press="Log out")
    assert not PushDevice.objects.exists()


def test_somebody_else_who_logs_in_on_the_phone_hears_nothing_of_it(
    cast: Cast, tim: Client, screen: LockScreen
) -> None:
    ran_out(cast.tim)
    login(cast.bram, tim)
    assert not PushDevice.objects.exists()


def test_what_ends_every_login_ends_every_device(cast: Cast, screen: LockScreen) -> None:
    ran_out(cast.tim)
    sessions_end(user=cast.tim, by=cast.ada, place=NOWHERE, reason="Phone stolen")
    assert not PushDevice.objects.exists()


def test_another_person_on_the_same_browser_takes_its_place(
    cast: Cast, tim: Client, screen: LockScreen
) -> None:
    turned_on(login(cast.tessa), screen)
    assert PushDevice.objects.get().user == cast.tessa


def test_a_browser_that_got_another_address_keeps_its_person_only(
    cast: Cast, tim: Client, screen: LockScreen, service: PushService
) -> None:
    fresh = service.screen("fresh")
    said = fresh.form | {"was": screen.endpoint}
    assert post_by_hand(login(cast.tessa), reverse("phone:push_add"), said).status_code == 409
    assert post_by_hand(tim, reverse("phone:push_add"), said).status_code == 302
    assert PushDevice.objects.get().endpoint == fresh.endpoint


def test_a_press_opens_the_job_also_after_the_login_ran_out(
    cast: Cast, tim: Client, screen: LockScreen
) -> None:
    booking(cast.tim)
    sent()
    ran_out(cast.tim)
    path = screen.said[0]["url"]
    asked = tim.get(path)
    assert asked.status_code == 302
    answer = submit(asked.url, client=tim, login=cast.tim.email, password=PASSWORD)
    assert answer.url == path
    assert tim.get(path).status_code == 200


def ran_out(user: Any) -> None:
    """The time of the login is over, and its session was swept away."""
    past = clock.now() - timedelta(minutes=1)
    Session.objects.filter(user=user).update(expire_date=past)
    assert sessions_forget() == 1


# -- where it may go ------------------------------------------------------------------------

REFUSED = [
    "", "http://push.services.example.com/x", "https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x",
    "https://10.0.0.8/x", "https://2130706433/x", "https://0x7f.1/x", "https://127.1/x", "https://169.254.169.254/latest",
    "https://me@push.example.org/x", "https://push.example.org:8443/x", "https://intranet/x", "https://db.internal/x",
    "https://printer.local/x", "https://push.example.org/x#y", "https://push.example.org\\@10.0.0.8/x", "file:///etc/passwd",
    "https://push.example.org /x", "ftp://push.example.org/x", "https://push.example.org./x", "https://push.example.org:x/",
]  # fmt: skip


@pytest.mark.parametrize("endpoint", REFUSED)
def test_an_address_that_is_not_public_is_refused(tim: Client, service: PushService, endpoint: str) -> None:
    assert not is_public_https(endpoint)
    form = service.screen().form | {"endpoint": endpoint}
    assert post_by_hand(tim, reverse("phone:push_add"), form).status_code == 422
    assert not PushDevice.objects.exists()


def test_the_services_of_the_browsers_makers_are_public() -> None:
    for host in (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "wns2-par02p.notify.windows.com",
    ):
        assert is_public_https(f"https://{host}/wpush/v2/gAAA?token=x")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "nonsense"],
)  # fmt: skip
def test_a_private_address_is_none_of_the_worlds(address: str) -> None:
    assert not is_public_address(address)
    assert is_public_address("142.250.179.138")
    assert is_public_address("2a00:1450:400e:80d::200a")


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[tuple[str, int]]:
    """Every name leads to these addresses; to where was called."""
    called: list[tuple[str, int]] = []

    def found(_host: str, port: int, **_more: Any) -> list[Any]:
        return [(2, 1, 6, "", (one, port)) for one in addresses]

    def call(address: tuple[str, int], _seconds: float) -> Any:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(service_module.socket, "getaddrinfo", found)
    monkeypatch.setattr(service_module.socket, "create_connection", call)
    return called


@pytest.fixture
def elsewhere(tim: Client, service: PushService) -> None:
    """A phone whose service has a public name."""
    post_by_hand(tim, reverse("phone:push_add"), service.screen().form | {"endpoint": ADDRESS})


def test_a_public_name_that_leads_inside_is_called_by_nobody(
    cast: Cast, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking(cast.tim)
    called = named(monkeypatch, "142.250.179.138", "10.0.0.5")
    assert sent() == [True]
    assert called == []
    assert not PushDevice.objects.exists()


def test_what_is_called_is_the_address_that_was_looked_at(
    cast: Cast, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking(cast.tim)
    called = named(monkeypatch, "142.250.179.138", "2a00:1450:400e:80d::200a")
    assert sent() == [False]
    assert called == [("142.250.179.138", 443), ("2a00:1450:400e:80d::200a", 443)]


def test_no_installation_has_a_stand_in(tim: Client, service: PushService, settings: Any) -> None:
    settings.PUSH_STAND_IN = ""
    assert post_by_hand(tim, reverse("phone:push_add"), service.screen().form).status_code == 422
    assert 'PUSH_STAND_IN = ""\n' in (Path(given.BASE_DIR) / "config" / "settings.py").read_text()


def test_keys_that_seal_nothing_are_refused(tim: Client, service: PushService) -> None:
    form = service.screen().form
    for wrong in ({"public_key": "A" * 87}, {"public_key": "x y"}, {"secret": "AAAA"}, {"secret": "é"}):
        assert post_by_hand(tim, reverse("phone:push_add"), form | wrong).status_code == 422


# -- set-up ---------------------------------------------------------------------------------


def test_set_up_makes_the_key_once_and_for_nobody_else(settings: Any, tmp_path: Path, tim: Client) -> None:
    settings.PUSH_KEY_FILE = tmp_path / "new" / "push_key.pem"
    assert "This installation cannot send them yet" in flat(tim.get(PAGE).text)
    prepare.make_push_key()
    made = settings.PUSH_KEY_FILE.read_text()
    assert stat.S_IMODE(settings.PUSH_KEY_FILE.stat().st_mode) == 0o600
    prepare.make_push_key()
    assert settings.PUSH_KEY_FILE.read_text() == made
    assert 'data-key="B' in tim.get(PAGE).text


def test_the_queue_holds_no_word_of_it(cast: Cast, screen: LockScreen) -> None:
    push_queue(
        user=cast.tim, title="Title", text="Text", url="/phone/", tag="x", until=clock.now() + timedelta(days=1)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'messaging.push'")
        assert cursor.fetchall() == [(f'{{"push_id": {Push.objects.get().pk}}}',)]


def test_a_colleague_without_a_phone_is_told_by_the_bell_alone(
    cast: Cast, client_as: Callable[..., Client]
) -> None:
    booking(cast.tessa)
    assert Notice.objects.filter(user=cast.tessa).exists()
    assert not Push.objects.exists()
