import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from lxml import etree
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.models import User
from apps.bookkeeping import jobs
from apps.bookkeeping.actions import package_make, package_run_start
from apps.bookkeeping.models import Package, PackageLine
from apps.core import clock, numbering
from apps.core.database import OFFICE, as_role
from apps.core.money import line_net
from apps.core.refusals import Forbidden, Refused
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue, payment_record
from apps.invoicing.einvoice import CBC
from apps.invoicing.models import Invoice
from apps.review.actions import billable_correct, review_approve, review_open
from apps.review.models import Billable
from tests.builders import Shop
from tests.conftest import Cast
from tests.kept import kept
from tests.money import MoneyWorld, money_world
from tests.pages import submit
from tests.statements import statements
from tests.tampering import submit_tampered


def package_number(serial: int) -> str:
    """Of a package of this year."""
    return f"P{clock.today():%y}-{serial:04}"


@kept
def world(db: None) -> MoneyWorld:
    return money_world()


@kept
def bram(cast: Cast) -> User:
    return cast.bram


@kept
def invoices(world: MoneyWorld, bram: User) -> list[Invoice]:
    """21 %, mixed 21/9 with a credit note of one line, and reverse charge."""
    business = world.business(reverse_charge=True)
    orders = [
        world.job(("2", "65.00", "21")),
        world.job(("3", "0.33", "21"), ("1", "45.45", "9")),
        world.job(("8", "61.25", "AE"), customer=business),
    ]
    made = [invoice_issue(invoice=invoice_draft(work_orders=[one], by=bram), by=bram) for one in orders]
    made.append(
        invoice_credit(invoice=made[1], by=bram, reason="Niet geleverd", lines=[made[1].lines.all()[1]])
    )
    return made


def opened(package: Package) -> zipfile.ZipFile:
    with default_storage.open(package.file.path) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def rows(archive: zipfile.ZipFile, name: str) -> list[list[str]]:
    text = archive.read(name).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def test_its_totals_tie_out_in_every_file(invoices: list[Invoice], bram: User) -> None:
    package = package_make(by=bram)
    archive = opened(package)
    expected = sum((one.total for one in invoices[:3]), Decimal(0)) - invoices[3].total
    assert package.total == expected
    assert (package.number, package.invoice_count) == (package_number(1), 4)

    index = {row[0]: row for row in rows(archive, "index.csv")[1:]}
    assert number(index["invoices.csv"][4]) == expected
    listed = rows(archive, "invoices.csv")[1:]
    assert sum(number(row[11]) for row in listed) == expected
    assert sum(number(row[10]) for row in rows(archive, "lines.csv")[1:]) == package.net
    vat = rows(archive, "vat.csv")[1:]
    assert (sum(number(row[3]) for row in vat), sum(number(row[4]) for row in vat)) == (
        package.net,
        package.vat,
    )

    ubl = Decimal(0)
    for name in archive.namelist():
        if name.startswith("ubl/"):
            root = etree.fromstring(archive.read(name))
            payable = Decimal(str(root.findtext(f".//{{{CBC}}}PayableAmount")))
            ubl += -payable if root.tag.endswith("CreditNote") else payable
    assert ubl == expected
    assert sum(number(row[4]) for name, row in index.items() if name.startswith("ubl/")) == expected

    sheet = load_workbook(io.BytesIO(archive.read("overview.xlsx")))["invoices"]
    assert sum((Decimal(str(cell.value)) for cell in sheet["L"][1:]), Decimal(0)) == expected


def test_quantity_times_price_is_the_amount_of_each_line_also_of_a_credit_note(
    invoices: list[Invoice], bram: User
) -> None:
    found = rows(opened(package_make(by=bram, contents={"lines"})), "lines.csv")[1:]
    assert [one[0] for one in found].count(str(invoices[3].number)) == 1
    for one in found:
        quantity, price, discount, net = (number(one[place]) for place in (4, 6, 7, 10))
        assert line_net(quantity, price, discount) == net


def test_materials_come_to_what_is_charged_of_them(cast: Cast) -> None:
    shop = Shop(cast)
    order = shop.done(parts=[(shop.valve, 3)])
    review = review_open(work_order=order, by=cast.bram)
    review_approve(review=review, by=cast.bram)
    valve = Billable.objects.get(work_order=order, kind="material")
    billable_correct(billable=valve, by=cast.bram, reason="There were two", quantity=Decimal(2))
    invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    found = rows(opened(package_make(by=cast.bram, contents={"materials"})), "materials.csv")[1:]
    assert [number(one[3]) for one in found] == [3, -1]
    assert sum(number(one[6]) for one in found) == 50


def test_the_ten_thousandth_invoice_of_a_year_stands_last(world: MoneyWorld, bram: User, client_as) -> None:
    numbering.number_next_set(numbering.INVOICE, 9999)
    for _one in range(2):
        invoice_issue(invoice=invoice_draft(work_orders=[world.job(("2", "65.00", "21"))], by=bram), by=bram)
    wanted = [f"F{clock.today():%y}-9999", f"F{clock.today():%y}-10000"]
    package = package_make(by=bram)
    archive = opened(package)
    for name in ("invoices", "lines", "vat", "outstanding"):
        assert [row[0] for row in rows(archive, f"{name}.csv")[1:]] == wanted, name
    page = client_as(bram).get(reverse("bookkeeping:package_detail", args=[package.pk]))
    assert [str(line.invoice) for line in page.context["invoices"]] == wanted


def test_the_index_holds_the_hash_of_each_file_and_the_package_that_of_the_whole(
    invoices: list[Invoice], bram: User
) -> None:
    package = package_make(by=bram)
    archive = opened(package)
    for row in rows(archive, "index.csv")[1:]:
        assert hashlib.sha256(archive.read(row[0])).hexdigest() == row[6]
    held = {row[0] for row in rows(archive, "index.csv")[1:]} | {"index.csv"}
    assert held == set(archive.namelist())
    with default_storage.open(package.file.path) as file:
        assert hashlib.sha256(file.read()).hexdigest() == package.sha256
    for one in invoices:
        assert archive.read(f"pdf/{one.number}.pdf")[:5] == b"%PDF-"


def test_a_second_package_holds_only_what_is_new(
    invoices: list[Invoice], world: MoneyWorld, bram: User
) -> None:
    package_make(by=bram)
    with pytest.raises(Refused, match="Nothing is new"):
        package_make(by=bram)
    payment_record(
        invoice=invoices[0], amount=Decimal("157.30"), method="bank", paid_on=clock.today(), by=bram
    )
    only_payment = package_make(by=bram)
    assert (only_payment.invoice_count, only_payment.total) == (0, Decimal(0))
    archive = opened(only_payment)
    assert [row[0] for row in rows(archive, "payments.csv")[1:]] == [invoices[0].number]
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram)
    third = package_make(by=bram)
    assert [row[0] for row in rows(opened(third), "invoices.csv")[1:]] == [invoice.number]
    assert len(rows(opened(third), "payments.csv")) == 1
    assert [one.number for one in Package.objects.order_by("pk")] == [
        package_number(1),
        package_number(2),
        package_number(3),
    ]


def test_only_what_was_chosen_goes_in(invoices: list[Invoice], bram: User) -> None:
    package = package_make(by=bram, contents={"lines"}, invoices=invoices[:1])
    assert sorted(opened(package).namelist()) == ["index.csv", "invoices.csv", "lines.csv", "vat.csv"]
    with pytest.raises(Refused, match="exported already"):
        package_make(by=bram, invoices=invoices[:1])
    assert package_make(by=bram).invoice_count == 3


def test_a_draft_never_goes_in(world: MoneyWorld, bram: User) -> None:
    draft = invoice_draft(work_orders=[world.job()], by=bram)
    with pytest.raises(Refused, match="One of these invoices is a"):
        package_make(by=bram, invoices=[draft])
    with pytest.raises(Refused, match="Nothing is new since the last"):
        package_make(by=bram)
    assert not Package.objects.exists()


def test_a_refused_package_takes_no_number(invoices: list[Invoice], bram: User) -> None:
    with suppress(RuntimeError), transaction.atomic():
        assert package_make(by=bram, contents={"lines"}).number == package_number(1)
        raise RuntimeError
    assert package_make(by=bram, contents={"lines"}).number == package_number(1)


def test_what_is_outstanding_stands_in_it(invoices: list[Invoice], bram: User) -> None:
    payment_record(invoice=invoices[0], amount=Decimal("100"), method="bank", paid_on=clock.today(), by=bram)
    archive = opened(package_make(by=bram, contents={"payments"}))
    outstanding = {row[0]: number(row[7]) for row in rows(archive, "outstanding.csv")[1:]}
    assert outstanding[str(invoices[0].number)] == Decimal("57.30")
    assert outstanding[str(invoices[1].number)] == invoices[1].total - invoices[3].total


def test_no_cell_can_be_taken_for_a_formula(world: MoneyWorld, bram: User) -> None:
    order = world.job({"description": "@SUM(A1)"}, customer=world.customer(name="=HYPERLINK(1)"))
    invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    archive = opened(package_make(by=bram, contents={"lines", "customers", "overview"}))
    for name in ("invoices.csv", "lines.csv", "customers.csv"):
        cells = [cell for row in rows(archive, name) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "@", "+")]
    book = load_workbook(io.BytesIO(archive.read("overview.xlsx")))
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_a_package_and_its_lines_never_change(invoices: list[Invoice], bram: User) -> None:
    package = package_make(by=bram, contents={"lines"})
    packages, lines = Package.objects.filter(pk=package.pk), PackageLine.objects.filter(package=package)

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE bookkeeping_package SET total = 0 WHERE id = %s", [package.pk])

    attempts: list[Callable[[], object]] = [
        lambda: packages.update(total=0), packages.delete, lambda: lines.update(paid=1), lines.delete, raw, package.save,
    ]  # fmt: skip

    def as_office(attempt: Callable[[], object]) -> None:
        with as_role(OFFICE):
            attempt()

    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
        with pytest.raises(DatabaseError), transaction.atomic():
            as_office(attempt)


def test_a_technician_may_not(invoices: list[Invoice], cast: Cast) -> None:
    with pytest.raises(Forbidden):
        package_make(by=cast.tim)


def test_the_pages(client_as: Callable[[User], Client], cast: Cast, invoices: list[Invoice]) -> None:
    office, make = client_as(cast.bram), reverse("bookkeeping:package_make")
    for name in ("bookkeeping:package_list",):
        assert client_as(cast.tim).get(reverse(name)).status_code == 403
        page = office.get(reverse(name))
        assert page.status_code == 200
        assert str(invoices[0].number) in page.content.decode()
    nonsense = submit_tampered(page, {"contents": ["nonsense"]}, client=office, form=make)
    assert nonsense.status_code == 422
    assert office.get(make).status_code == 302
    answer = submit(page, client=office, form=make, contents=["lines", "pdf", "ubl"])
    package = Package.objects.get()
    assert answer["Location"] == reverse("bookkeeping:package_detail", args=[package.pk])
    assert package.sha256 in office.get(answer["Location"]).content.decode()
    download = office.get(reverse("bookkeeping:package_file", args=[package.pk]))
    assert "attachment" in download["Content-Disposition"]
    assert client_as(cast.tim).get(reverse("bookkeeping:package_file", args=[package.pk])).status_code == 403
    assert office.get(reverse("bookkeeping:package_detail", args=[0])).status_code == 404
    assert package.number in office.get(reverse("invoicing:invoice_list")).content.decode()


def test_a_large_package_is_made_by_the_worker(
    client_as: Callable[[User], Client], bram: User, invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = package_run_start(by=bram, contents={"lines", "pdf"}, invoices=invoices)
    assert ProcrastinateJob.objects.filter(task_name="bookkeeping.package").count() == 1
    page = client_as(bram).get(reverse("bookkeeping:package_run", args=[run.pk]))
    assert "0" in page.content.decode()
    jobs.package(run.pk)
    run.refresh_from_db()
    assert (run.done, run.error) == (4, "")
    assert run.package is not None
    assert run.package.invoice_count == 4
    answer = client_as(bram).get(reverse("bookkeeping:package_run", args=[run.pk]))
    assert answer["Location"] == reverse("bookkeeping:package_detail", args=[run.package.pk])
    again = package_run_start(by=bram, contents={"lines"}, invoices=invoices)
    jobs.package(again.pk)
    again.refresh_from_db()
    assert "exported already" in again.error


def test_the_list_takes_as_many_queries_for_one_row_as_for_many(
    client_as: Callable[[User], Client], world: MoneyWorld, bram: User
) -> None:
    office, page = client_as(bram), reverse("bookkeeping:package_list")

    def add(count: int) -> None:
        for _n in range(count):
            invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram)

    add(1)
    few = statements(office, page)
    add(5)
    assert statements(office, page) == few


def test_history_can_be_made_in_the_past(world: MoneyWorld, bram: User) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        invoice_issue(invoice=invoice_draft(work_orders=[world.job()], by=bram), by=bram)
        package = package_make(by=bram, contents={"lines"})
    assert package.created_at < clock.now() - timedelta(days=399)
