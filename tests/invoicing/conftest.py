from apps.accounts.models import User
from apps.invoicing.actions import invoice_draft, invoice_issue, invoice_send
from apps.invoicing.models import Invoice
from apps.messaging.actions import message_sent
from apps.messaging.models import Message
from tests.conftest import Cast
from tests.kept import kept
from tests.money import MoneyWorld, money_world


def gone_out(invoice: Invoice) -> Invoice:
    """The mail server took the mail with it."""
    message_sent(message=Message.objects.about(invoice).under_way().get())
    invoice.refresh_from_db()
    return invoice


@kept
def world(db: None) -> MoneyWorld:
    return money_world()


@kept
def bram(cast: Cast) -> User:
    return cast.bram


@kept
def draft(world: MoneyWorld, bram: User) -> Invoice:
    """A draft of two lines at 21 % and one at 9 %: € 130.00 + € 49.99 + € 200.00 net."""
    order = world.job(("2", "65.00", "21"), ("1", "49.99", "21"), ("4", "50.00", "9"))
    return invoice_draft(work_orders=[order], by=bram)


@kept
def issued(draft: Invoice, bram: User) -> Invoice:
    return invoice_issue(invoice=draft, by=bram)


@kept
def sent(issued: Invoice, bram: User) -> Invoice:
    return gone_out(invoice_send(invoice=issued, by=bram))
