"""Records for tests, each made by the action that makes it in the product: no test starts from what nobody could make.

A factory's keyword arguments are those of its action. `Phone` records as a technician does; `Shop` puts them together.
"""

from tests.builders.company import (
    LONG_AGO,
    CompanyFactory,
    MaterialFactory,
    PolicyFactory,
    RateFactory,
    RequestTypeFactory,
    TechnicianRateFactory,
    VatCodeFactory,
)
from tests.builders.customers import BusinessFactory, ContactFactory, CustomerFactory, SiteFactory
from tests.builders.jobs import (
    AbsenceFactory,
    BookingFactory,
    JobFormFactory,
    QuoteFactory,
    RequestFactory,
    SkillFactory,
    SlaClassFactory,
    WorkOrderFactory,
    intake_report,
    quote_accepted,
)
from tests.builders.phone import Phone, photo_stored
from tests.builders.shop import Shop

__all__ = [
    "LONG_AGO",
    "AbsenceFactory",
    "BookingFactory",
    "BusinessFactory",
    "CompanyFactory",
    "ContactFactory",
    "CustomerFactory",
    "JobFormFactory",
    "MaterialFactory",
    "Phone",
    "PolicyFactory",
    "QuoteFactory",
    "RateFactory",
    "RequestFactory",
    "RequestTypeFactory",
    "Shop",
    "SiteFactory",
    "SkillFactory",
    "SlaClassFactory",
    "TechnicianRateFactory",
    "VatCodeFactory",
    "WorkOrderFactory",
    "intake_report",
    "photo_stored",
    "quote_accepted",
]
