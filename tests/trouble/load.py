"""Three people at work: one books, one records on a phone, one issues, sends and takes in payments.

Each writes down what was acknowledged; what was not is pressed again until it is.
"""

import io
import random
import time
import uuid
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from PIL import Image

from tests.pages import upload
from tests.trouble.visitor import Visitor


class Load:
    def __init__(self, address: str, start: dict[str, Any], pause: float) -> None:
        self.start, self.pause = start, pause
        self.visitors = {name: Visitor(address, key) for name, key in start["sessions"].items()}
        self.booked: list[int] = []
        self.recorded: list[str] = []
        self.photos = 0
        self.issued: list[int] = []
        self.mailed: list[str] = []
        self.paid: list[str] = []
        self.faults: list[str] = []
        self.ended = Event()
        self.threads = [Thread(target=self._work, args=[one]) for one in (self.book, self.record, self.bill)]

    def begin(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(300)
            assert not thread.is_alive()

    def _work(self, act: Callable[[], bool]) -> None:
        while not self.ended.is_set():
            try:
                if not act():
                    return
            except Exception as error:
                self.faults.append(f"{act.__name__}: {error!r}"[:1500])
            time.sleep(self.pause)

    def book(self) -> bool:
        """A visit in the plan."""
        if len(self.booked) >= len(self.start["slots"]):
            return False
        slot = self.start["slots"][len(self.booked)]
        petra = self.visitors["petra"]
        fields = {"day": slot["day"], "start": slot["start"], "hours": "1"}
        page = petra.page(slot["page"])
        petra.send(page, press="Book", technician=str(self.start["technician"]), **fields)
        self.booked.append(slot["order"])
        return True

    def record(self) -> bool:
        """Extra work on the phone, and now and then a photo."""
        tim = self.visitors["tim"]
        if len(self.recorded) % 4 == 3:
            tim.send(tim.page(self.start["photos"]), photos=upload("a.jpg", _photo(), "image/jpeg"))
            self.photos += 1
        words = f"Extra {uuid.uuid4()}"
        tim.send(tim.page(self.start["extra_work"]), description=words, hours="1")
        self.recorded.append(words)
        return True

    def bill(self) -> bool:
        """An invoice: drafted, issued, mailed and paid."""
        if len(self.issued) >= len(self.start["ready"]):
            return False
        order, bram = self.start["ready"][len(self.issued)], self.visitors["bram"]
        detail = bram.send(bram.page("/invoicing/ready/"), press=f"work_orders={order}")
        bram.send(bram.page(detail), form=f"{detail}issue/")
        self.issued.append(order)
        name = uuid.uuid4().hex
        bram.send(bram.page(f"{detail}send/"), press="Send", to_address=f"{name}@klant.example")
        self.mailed.append(name)
        bram.send(bram.page(f"{detail}payment/"), reference=name)
        self.paid.append(name)
        return True


def _photo() -> bytes:
    out = io.BytesIO()
    colour = tuple(random.randrange(256) for _ in range(3))
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()
