"""manage.py acceptance: the whole chain, run for real on this installation and rolled back."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from apps.acceptance.chain import acceptance_run
from apps.acceptance.moment import MomentCommand


class Command(MomentCommand):
    help = "Run the chain from request to package for real, check each step, and roll everything back."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--json", metavar="FILE", help="write the report to FILE as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = acceptance_run()
        for step, checks in report.steps.items():
            self.stdout.write(step)
            for check in checks:
                detail = "" if check.passed else f" (expected {check.expected}, found {check.found})"
                self.stdout.write(f"  {'ok  ' if check.passed else 'FAIL'} {check.what}{detail}")
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        self.stdout.write(f"{report.passed} passed, {report.failed} failed")
        if report.failed:
            sys.exit(1)
