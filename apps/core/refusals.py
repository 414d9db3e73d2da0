"""What an action raises when it will not do what was asked."""


class Refused(Exception):
    """The move is not possible; the message is a whole sentence for the user. Shown as a 409."""


class Missing(Refused):
    """Something has to be there first; `url` is where it is made, `label` what is made there."""

    def __init__(self, sentence: str, *, url: str, label: str) -> None:
        super().__init__(sentence)
        self.url, self.label = url, label


class Forbidden(Refused):
    """The move is possible, but not for this user."""
