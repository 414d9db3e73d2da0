"""What an action raises when it will not do what was asked."""


class Refused(Exception):
    """The move is not possible; the message is a whole sentence for the user. Shown as a 409."""


class Forbidden(Refused):
    """The move is possible, but not for this user."""
