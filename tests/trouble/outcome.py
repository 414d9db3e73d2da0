"""What has to hold when the dust has settled: all that was acknowledged is there, each once, and each mail went."""

import hashlib
from collections import Counter
from pathlib import Path

from tests.trouble.installation import Installation
from tests.trouble.load import Load

WAITING = """
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now() + interval '1 hour'))
     + (SELECT count(*) FROM messaging_message WHERE status IN ('queued', 'sending'))
"""


def settled(here: Installation) -> float:
    """Seconds until the queue is empty."""
    return here.until(lambda: here.ask(WAITING)[0][0] == 0, 300)


def wrong(here: Installation, load: Load, *, deaths: int) -> list[str]:
    """Everything that is not as was promised, after so many processes were killed."""
    return [
        *load.faults,
        *_lost_or_twice(here, load),
        *_invoices(here, load),
        *_mails(here, deaths),
        *_files(here),
    ]


def _counted(name: str, promised: list, found: list) -> list[str]:
    there = Counter(found)
    return [f"{name} {one}: {there[one]} times" for one in promised if there[one] != 1] + [
        f"{name} {one}: not promised, or twice" for one, times in there.items() if times > 1
    ]


def _lost_or_twice(here: Installation, load: Load) -> list[str]:
    orders = [row[0] for row in here.ask("SELECT work_order_id FROM planning_assignment WHERE active")]
    extra = [row[0] for row in here.ask("SELECT description FROM field_extrawork")]
    paid = [row[0] for row in here.ask("SELECT reference FROM invoicing_payment")]
    photos = here.ask("SELECT count(*) FROM field_visitphoto WHERE kind = 'after'")[0][0]
    # those of the seed were there before, and one photo may have been sent when the load ended
    before = here.ask("SELECT count(*) FROM planning_assignment WHERE NOT active")[0][0]
    found = _counted("booking of", load.booked, [pk for pk in orders if pk in set(load.booked)])
    found += _counted("extra work", load.recorded, extra) + _counted("payment", load.paid, paid)
    if before:
        found.append(f"{before} bookings were taken off")
    if not load.photos <= photos - here.photos_before <= load.photos + 1:
        found.append(f"{photos - here.photos_before} photos, {load.photos} acknowledged")
    return found


def _invoices(here: Installation, load: Load) -> list[str]:
    numbers = sorted(
        row[0] for row in here.ask("SELECT number FROM invoicing_invoice WHERE number IS NOT NULL")
    )
    series = [int(number.rpartition("-")[2]) for number in numbers]
    found = [] if series == list(range(1, len(series) + 1)) else [f"numbers with a gap: {numbers}"]
    issued = here.ask(
        "SELECT l.work_order_id, count(DISTINCT i.id) FROM invoicing_invoiceline l"
        " JOIN invoicing_invoice i ON i.id = l.invoice_id WHERE i.number IS NOT NULL GROUP BY 1"
    )
    times = dict(issued)
    found += [f"job {pk} on {times.get(pk, 0)} invoices" for pk in load.issued if times.get(pk) != 1]
    unsent = here.ask(
        "SELECT i.number FROM invoicing_invoice i JOIN messaging_message m ON m.about_type = 'invoicing.invoice'"
        " AND m.about_id = i.id AND m.status = 'sent' WHERE i.status = 'issued' OR NOT EXISTS"
        " (SELECT 1 FROM invoicing_invoicefact f WHERE f.invoice_id = i.id AND f.kind = 'sent')"
    )
    return found + [f"{number} left and does not say so" for (number,) in unsent]


def _mails(here: Installation, deaths: int) -> list[str]:
    """Each left once. A death between the mail server's yes and the commit sends one again, as the same mail."""
    left = Counter(str(mail["Message-ID"]) for mail in here.box.mails)
    rows = dict(here.ask("SELECT message_id, status FROM messaging_message"))
    found = [f"mail {one} {status}" for one, status in rows.items() if status != "sent"]
    found += [f"mail {one} left {left[one]} times" for one in rows if left[one] not in (1, 2)]
    again = [f"mail {one} left twice" for one in rows if left[one] == 2]
    found += again if len(again) > deaths else []
    return found + [f"mail {one} is of nobody" for one in left if one not in rows]


def _files(here: Installation) -> list[str]:
    media = here.folder / "media"
    # What a killed process was writing lies apart, until it is swept: documents.parts_forget, every hour.
    found = [f"half a file: {path}" for path in media.rglob("*.part") if path.parent.name != "parts"]
    for path, sha256 in here.ask(
        "SELECT path, sha256 FROM documents_storedfile WHERE path <> '00/photo.jpg'"
    ):
        kept = Path(media / path)
        if not kept.exists():
            found.append(f"no file {path}")
        elif hashlib.sha256(kept.read_bytes()).hexdigest() != sha256:
            found.append(f"another file {path}")
    return found
