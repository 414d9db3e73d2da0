"""Where fiction may be written: in the demo company, and where there is nobody yet."""

from apps.accounts.models import User
from apps.company.models import Company


class RealCompany(Exception):
    """The installation belongs to somebody; the text says so."""


def fiction_allow() -> None:
    """Raises RealCompany unless the company was made as a demo, or there is neither a company nor a user."""
    company = Company.objects.first()
    if company is None and not User.objects.exists():
        return
    if company is None or not company.demo:
        whose = f"the company {company.name}" if company else "somebody's users"
        raise RealCompany(
            f"This installation holds {whose}, and is not marked as a demo. Fictitious jobs and invoices are only written"
            " into a demo company: use another database for that (DATABASE_URL, or WATERTIGHT_VAR for the embedded one)."
        )
