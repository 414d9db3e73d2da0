"""manage.py bench: what each kind of page costs, beside its budget."""

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.acceptance.bench import report
from apps.acceptance.bench.measure import (
    Result,
    documents_cost,
    over_budget,
    page_measure,
    queries_count,
    switch_cost,
    wall_cost,
)
from apps.acceptance.bench.pages import Page, pages, users_by_role
from apps.acceptance.bench.reference import RAW
from apps.acceptance.bench.routes import routes_cost
from apps.acceptance.bench.server import REFERENCE, server, sessions
from apps.acceptance.bench.statements import statements_of
from apps.accounts.roles import OFFICE

DOCUMENTS = 10
# A statement of a page that takes longer, in milliseconds, is worth looking at.
SLOW = 3


class Command(BaseCommand):
    help = (
        "Measure each kind of page as each role through the production server. Fails only when a page fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--requests", type=int, default=40, metavar="N", help="per page, one after another"
        )
        parser.add_argument(
            "--clients", type=int, default=8, metavar="N", help="at once; 0 leaves that part out"
        )
        parser.add_argument("--only", default="", metavar="WORD", help="only pages whose name holds WORD")
        parser.add_argument("--json", metavar="FILE", help="write everything to FILE as JSON")
        parser.add_argument(
            "--markdown", metavar="FILE", help="replace what was measured in FILE, such as docs/bench.md"
        )

        parser.add_argument(
            "--plans", metavar="FILE", help=f"write statements over {SLOW} ms, and their plans, to FILE"
        )
        parser.add_argument(
            "--growth",
            nargs="+",
            metavar="FILE",
            help="only compare these files, written with --json at several sizes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["growth"]:
            files = [json.loads(Path(one).read_text(encoding="utf-8")) for one in options["growth"]]
            for row in report.growth(files):
                self.stdout.write("| " + " | ".join(row) + " |")
            return
        users = users_by_role()
        if OFFICE not in users:
            raise CommandError("There is nobody to log in as: run manage.py demo first.")
        wanted = [page for page in pages(users) if options["only"] in page.label]
        with sessions(users) as cookies, server() as served, server(REFERENCE, ask=RAW) as reference:
            facts = report.circumstances(served.seconds)
            self.stdout.write(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items()))
            measured: list[tuple[Page, Result]] = []
            for page in wanted:
                result = page_measure(
                    page,
                    served=served,
                    reference=reference,
                    session=cookies[page.role],
                    requests=max(options["requests"], 1),
                    clients=options["clients"],
                )
                measured.append((page, result))
                self.stderr.write(f"{page.role} {page.label} …", ending="\r")
        slow: list[str] = []
        for page, result in measured:
            if result.http_status == 200:
                result.queries = queries_count(page, users[page.role])
                result.over = over_budget(page, result)
                found = statements_of(page, users[page.role])
                result.slowest = max((one.execution for one in found), default=0)
                slow += [
                    f"{page.role} {page.label}: {one.execution} ms\n{one.sql}\n{one.plan}\n"
                    for one in found
                    if one.execution > SLOW
                ]
        if options["plans"]:
            Path(options["plans"]).write_text("\n".join(slow), encoding="utf-8")
        lines = report.rows(measured)
        self.stdout.write("\n" + report.text_table(lines))
        extra = [] if options["only"] else self._rest(users, max(options["requests"], 10))
        for line in extra:
            self.stdout.write(line)
        if options["json"]:
            content = {
                "circumstances": facts,
                "pages": [result.as_dict() for _page, result in measured],
                "more": extra,
            }
            Path(options["json"]).write_text(
                json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8"
            )
        if options["markdown"]:
            self._markdown(Path(options["markdown"]), facts, lines, extra)
        failed = [
            f"{page.role} {page.label} ({page.path}): {result.http_status}"
            for page, result in measured
            if result.http_status != 200
        ]
        if failed:
            self.stderr.write("Pages that failed:\n" + "\n".join(failed))
            sys.exit(1)

    def _rest(self, users: dict[str, Any], rounds: int) -> list[str]:
        """What the price wall and the documents cost, in sentences."""
        found = list(routes_cost())
        page = next((one for one in pages(users) if one.role == OFFICE and one.label == "work orders"), None)
        if page is not None:
            with_role, without = wall_cost(page.path, users[OFFICE], rounds)
            found.append(
                f"Price wall: the list of work orders takes {with_role:.1f} ms with the role switch and {without:.1f} ms"
                f" without it; the switch alone {switch_cost(200):.2f} ms."
            )
        for label, times in documents_cost(DOCUMENTS).items():
            if times:
                budget = 300 if label.endswith("PDF") else 20
                warm = median(times[1:] or times)
                word = "ok" if warm <= budget else "over"
                found.append(
                    f"{label}: first {times[0]:.0f} ms, then {warm:.1f} ms (median); budget {budget} ms: {word}."
                )
        return found

    def _markdown(self, path: Path, facts: dict[str, Any], lines: list[list[str]], extra: list[str]) -> None:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        told = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in facts.items())
        parts = [told, report.markdown_table(lines), "\n".join(f"- {line}" for line in extra)]
        path.write_text(
            report.markdown_write("\n\n".join(part for part in parts if part), old), encoding="utf-8"
        )
