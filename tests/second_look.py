"""What failed in a whole run is named in a file, so that `script/test` can look at a few of them once more, alone.

A test that fails by luck is a fault, of the test or of the product, and is told as one; it does not stop everybody's work.
"""

from pathlib import Path

import pytest


class Failures:
    """Names the tests that failed, each once, as arguments for pytest; the file is there only when some did."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.names: dict[str, None] = {}
        file.unlink(missing_ok=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.names[report.nodeid] = None

    def pytest_sessionfinish(self) -> None:
        if self.names:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text("".join(f"{name}\n" for name in self.names))
