"""Errors sorted by what the person should do next; each message is worded to be shown."""


class FundError(Exception):
    """Anything the fund refuses. `message` is a sentence that may be shown as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DomainError(FundError):
    """A rule of the fund says no: change what was asked for."""


class Away(DomainError):
    """What everything rests on does not answer: try again in a moment."""


class Unfinished(DomainError):
    """A task took longer than it may, and nothing was done: try again later."""


class InvalidInput(DomainError):
    """A value cannot be read: type it again as the message says."""


class Forbidden(FundError):
    """This person may not do this: ask a person who may."""


class Missing(FundError):
    """There is no such record, or none that this person may know of."""


class Conflict(FundError):
    """The record changed meanwhile: look again, then decide."""
