"""A short walk through what `script/trouble` does a hundred times; how fast it is, only a quiet machine can tell."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.trouble.__main__ import trouble
from tests.trouble.installation import Installation


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
