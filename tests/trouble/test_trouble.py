"""A short walk through what `script/trouble` does a hundred times; how fast it is, only a quiet machine can tell."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.trouble.__main__ import trouble
from tests.trouble.installation import Installation


def test_the_command_starts_by_itself() -> None:
    """Without the settings that a test run brings along."""
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    called = [sys.executable, "-m", "tests.trouble", "--help"]
    found = subprocess.run(called, env=bare, capture_output=True, text=True, timeout=120)
    assert (found.returncode, "--kills" in found.stdout) == (0, True), found.stderr


@pytest.mark.slow
def test_what_was_acknowledged_is_there_once_whatever_dies() -> None:
    folder = Path(tempfile.mkdtemp(prefix="wt-trouble-", dir="/tmp"))
    here = Installation(folder)
    try:
        here.start()
        faults, _took = trouble(here, kills=3, restarts=1, seed=4, pause=0.5, say=lambda _text: None)
        assert faults == []
        assert here.stop() == 0
    finally:
        if here.process.poll() is None:
            here.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
