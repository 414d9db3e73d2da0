"""The whole product, with a real mail server beside it."""

from tests.messaging.conftest import mailbox as mailbox
