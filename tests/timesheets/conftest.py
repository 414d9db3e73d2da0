"""Tim's clock, at one job."""

from tests.field.conftest import customer as customer
from tests.field.conftest import form as form
from tests.field.conftest import order as order
from tests.field.conftest import order_make as order_make
from tests.field.conftest import phone as phone
from tests.field.conftest import site as site
