"""Fiction is written into a company that was made as a demo, and into no other."""

from collections import defaultdict
from datetime import date
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from apps.acceptance.demo.company import firm_make
from apps.acceptance.fiction import RealCompany
from apps.acceptance.scale.loader import scale_load
from apps.acceptance.scale.size import NoBase
from apps.company.actions import company_set
from apps.company.models import Company
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.invoicing.models import Invoice
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from tests.builders import CompanyFactory, CustomerFactory
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_a_real_company_gets_no_fictitious_jobs(cast: Cast) -> None:
    real = CompanyFactory()
    CustomerFactory()
    assert not real.demo
    before = (Customer.objects.count(), Technician.objects.count())
    with pytest.raises(CommandError, match=f"holds the company {real.name}, and is not marked as a demo"):
        call_command("scale", "--work-orders", "100")
    with pytest.raises(RealCompany):
        scale_load(100)
    assert (Customer.objects.count(), Technician.objects.count()) == before
    assert not Invoice.objects.exists()


def test_nor_does_an_installation_that_has_users_and_no_company_yet(cast: Cast) -> None:
    assert not Company.objects.exists()
    with pytest.raises(CommandError, match="holds somebody's users"):
        call_command("scale", "--work-orders", "100")
    assert not Company.objects.exists()


def test_the_demo_never_takes_the_place_of_a_real_company(cast: Cast) -> None:
    real = CompanyFactory()
    with pytest.raises(CommandError, match="is not marked as a demo"):
        call_command("demo", "--replace")
    assert Company.objects.get().name == real.name


def test_the_demo_is_marked_when_it_is_made() -> None:
    firm_make(Random(1), date(2026, 1, 5), defaultdict(lambda: "secret"))
    assert Company.objects.get().demo
    company_set(by=SYSTEM, name="Mark & Zonen B.V.")
    assert Company.objects.get().demo


@pytest.mark.parametrize("demo", [False, True])
def test_the_mark_never_changes(demo: bool) -> None:
    company = CompanyFactory(demo=demo)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        company_set(by=SYSTEM, demo=not demo)
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE company_company SET demo = NOT demo")
    company.refresh_from_db()
    assert company.demo is demo


def test_a_demo_company_that_lacks_the_demos_people_is_refused_by_what_it_lacks() -> None:
    company_set(by=SYSTEM, name="Leeg B.V.", demo=True)
    with pytest.raises(NoBase, match="not the demo company"):
        scale_load(100)
    assert not WorkOrder.objects.exists()
