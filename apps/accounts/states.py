"""What can become of an invitation, and what a link to an account is for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.transitions import Step


class InvitationStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


TONES = {
    InvitationStatus.INVITED: "a",
    InvitationStatus.ACCEPTED: "g",
    InvitationStatus.EXPIRED: "n",
    InvitationStatus.REVOKED: "n",
}

STEPS = {
    "accept": Step(("invited",), InvitationStatus.ACCEPTED, "manage_users", _("Accepted"), by_customer=True),
    "expire": Step(("invited",), InvitationStatus.EXPIRED, "manage_users", _("Expired")),
    "revoke": Step(("invited",), InvitationStatus.REVOKED, "manage_users", _("Revoke")),
}


class LinkKind(models.TextChoices):
    PASSWORD = "password", _("New password")
    ADDRESS = "address", _("New address")
