"""One job at every stage, for tests that walk through the whole product."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver

from apps.acceptance.chain import Chain
from apps.acceptance.checks import Report
from apps.accounts.models import User
from apps.bookkeeping.models import Package
from apps.core.actors import SYSTEM
from apps.core.database import OFFICE, as_role
from apps.technicians.actions import technician_create
from tests.conftest import user_make
from tests.kept import kept


@dataclass
class World:
    chain: Chain
    users: dict[str, User]

    @property
    def candidates(self) -> list[int]:
        """The ids of the records that the chain made: what a `pk` in an address may be."""
        chain = self.chain
        records = [
            chain.request, chain.quote, chain.quote.current, chain.order, chain.assignment, chain.invoice,
            chain.cast.customer, chain.cast.boiler, chain.cast.technician, chain.cast.type,
            Package.objects.first(),
        ]  # fmt: skip
        return sorted({record.pk for record in records if record is not None})


def world_make() -> World:
    """Run the chain and keep it. Tim is its technician, Tessa its other one."""
    chain = Chain(Report())
    with as_role(OFFICE):
        chain.run()
    failed = [check for check in chain.report.checks if not check.passed]
    if failed:
        raise AssertionError(f"the chain does not hold: {failed}")
    users = {
        "olga": user_make("Olga", "owner"),
        "bram": user_make("Bram", "office"),
        "ada": user_make("Ada", "admin"),
        "tim": chain.cast.technician.user,
        "tessa": chain.cast.other.user,
        "zeno": user_make("Zeno", "technician"),
    }
    technician_create(by=SYSTEM, user=users["zeno"], kind="contractor")
    return World(chain, users)


@kept
def world(db: None) -> World:
    """The world for tests that follow each other: made once."""
    return world_make()


def technicians_group() -> Group:
    return Group.objects.get(name="technician")


def routes(resolver: Any = None, prefix: str = "", namespace: str = "") -> list[tuple[str, str, URLPattern]]:
    """Every address of the product: (name with namespace, route, pattern)."""
    found = []
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = ":".join(part for part in (namespace, one.namespace) if part)
            found += routes(one, route, inner)
        else:
            name = ":".join(part for part in (namespace, one.name) if part)
            found.append((name, route, one))
    return found
