"""Kill what can die, in turn, while people work; then count. `script/trouble --help`"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import django

# What people send is read from the pages by the product's own code: not before it is set up.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
django.setup()

from tests.trouble.installation import Installation  # noqa: E402
from tests.trouble.load import Load  # noqa: E402
from tests.trouble.outcome import settled, wrong  # noqa: E402
from tests.trouble.visitor import Visitor  # noqa: E402

ANSWERS_WITHIN = 10.0


def trouble(
    here: Installation, *, kills: int, restarts: int, seed: int, pause: float, say: Callable[[str], None]
) -> tuple[list[str], dict[str, list[float]]]:
    """What went wrong, and the seconds after which the site answered again, per kind of trouble."""
    start = here.seed(seed)
    here.photos_before = here.ask("SELECT count(*) FROM field_visitphoto WHERE kind = 'after'")[0][0]
    watcher = Visitor(here.address, start["sessions"]["bram"])
    load = Load(here.address, start, pause)
    load.begin()
    kinds = [here.kill_web, here.kill_worker, here.kill_backend]
    acts = [kinds[number % 3] for number in range(kills)]
    for number in range(restarts):  # spread among the kills
        acts.insert(round((number + 0.5) * (kills + restarts) / restarts), here.restart_database)
    took: dict[str, list[float]] = defaultdict(list)
    for number, act in enumerate(acts, 1):
        time.sleep(pause)
        began = time.monotonic()
        act()
        time.sleep(0.2)  # so that what answers is not what is about to die
        watcher.page("/invoicing/ready/")
        took[act.__name__].append(time.monotonic() - began)
        here.until(here.well)
        took[f"{act.__name__}, all well"].append(time.monotonic() - began)
        say(f"{number}/{len(acts)} {act.__name__}: {took[act.__name__][-1]:.1f} s")
    load.end()
    took["queue empty"].append(settled(here))
    pressed = sum(one.presses for one in load.visitors.values())
    say(
        f"{len(load.booked)} booked, {len(load.recorded)} recorded, {load.photos} photos, {len(load.issued)} issued,"
        f" {len(load.paid)} paid, {len(here.box.mails)} mails; {pressed} forms"
    )
    # Only who dies between the mail server's yes and the commit sends a mail again (docs/algorithms/mail.md): each death one.
    return wrong(here, load, deaths=kills + restarts), took


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/trouble", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="default: %(default)s")
    parser.add_argument("--restarts", type=int, default=20, help="of the database; default: %(default)s")
    parser.add_argument("--jobs", type=int, default=400, help="to plan, and to invoice; default: %(default)s")
    parser.add_argument(
        "--pause", type=float, default=1.0, help="seconds between two acts; default: %(default)s"
    )
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="wt-trouble-", dir="/tmp"))
    here = Installation(folder)
    try:
        here.start()
        faults, took = trouble(
            here, kills=options.kills, restarts=options.restarts, seed=options.jobs, pause=options.pause,
            say=lambda text: print(text, flush=True),
        )  # fmt: skip
        status = here.stop()
    finally:
        if here.process.poll() is None:
            here.process.kill()
    for name, seconds in took.items():
        print(
            f"{name}: {len(seconds)} ×, median {statistics.median(seconds):.1f} s, at most {max(seconds):.1f} s"
        )
    late = [name for name, seconds in took.items() if name in ACTS and max(seconds) > ANSWERS_WITHIN]
    print("\n".join(faults) or "Nothing was lost and nothing was done twice.")
    if faults or late or status:
        print(
            f"The installation is in {folder}; later than {ANSWERS_WITHIN:.0f} s: {late}; exit status {status}"
        )
        return 1
    shutil.rmtree(folder)
    return 0


ACTS = {"kill_web", "kill_worker", "kill_backend", "restart_database"}

if __name__ == "__main__":
    sys.exit(main())
