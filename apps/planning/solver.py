"""Asks VROOM (pyvroom) for the best order of a day, in a process of its own that is ended when it takes too long.

What the process is asked and answers is JSON: `rules.routemodel.model`. It knows neither Django nor the database.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any, Self

# What starting up, reading and answering may take besides the search itself.
BESIDES = 5
PROCESS = Path(__file__).with_name("routesearch.py")


class NoAnswer(Exception):
    """The solver took too long, or failed."""


class Solver:
    """The process, for as many questions as a day needs."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(PROCESS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={"PATH": os.defpath},
        )
        return self

    def __exit__(self, *fault: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`routes`: for each vehicle the visits in order, pauses as −1, −2, …; `left`: the visits that have no place."""
        timer = Timer(asked["seconds"] + BESIDES, self._process.kill)
        timer.start()
        try:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as fault:  # it was ended, or ended by itself
            raise NoAnswer(str(fault)) from fault
        finally:
            timer.cancel()
