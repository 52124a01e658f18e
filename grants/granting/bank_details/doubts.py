"""To whom an account belongs: refused if it is the fund's or another organisation's, and what
else about it has to be explained before it counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import APPROVED, OPEN
from grants.integrity.names.comparing import THRESHOLD, Name, likeness

IBAN_BEGINS = re.compile(r"[A-Z]{2}\d{2}")


class Numbered(Protocol):
    """An account with its number and the BIC of its bank."""

    @property
    def number(self) -> str | None: ...
    @property
    def bic(self) -> str: ...


def is_iban(number: str) -> bool:
    """Does a number without spaces begin as an IBAN does?"""
    return IBAN_BEGINS.match(number) is not None


def country_of(account: Numbered) -> str:
    """Where an account is held, by its IBAN or BIC: ISO alpha-2; empty if neither says it."""
    number = account.number or ""
    return number[:2] if is_iban(number) else account.bic[4:6]


def same_account(account: Numbered, other: Numbered) -> bool:
    """Are two accounts one, also where it is written once as an IBAN and once without?

    Numbers that are no IBANs are those of one bank only.
    """
    mark, other_mark = _plain_number(account), _plain_number(other)
    if not mark or not other_mark:
        return False
    if is_iban(mark) == is_iban(other_mark):
        return mark == other_mark and (is_iban(mark) or account.bic[:6] == other.bic[:6])
    iban, number = (mark, other_mark) if is_iban(mark) else (other_mark, mark)
    return country_of(account) == country_of(other) and iban[4:].endswith(number)


def _plain_number(account: Numbered) -> str:
    return re.sub(r"[\W_]", "", account.number or "").upper()


def own_accounts(session: Session) -> Sequence[BankAccount]:
    """The accounts of every fund of this installation, open or closed."""
    return session.scalars(select(BankAccount).where(BankAccount.number.is_not(None))).all()


def refuse_taken(session: Session, organisation_id: int, account: Numbered) -> None:
    """DomainError if it is an account of a fund, or another organisation has stated it.

    Numbers are encrypted, so all are read; a record that was merged into another does not count.
    """
    if any(same_account(account, fund_account) for fund_account in own_accounts(session)):
        raise DomainError(
            _("This is an account of the fund itself. Enter the account of the organisation.")
        )
    other_details = session.scalars(
        select(BankDetails)
        .join(BankDetails.organisation)
        .where(
            BankDetails.organisation_id != organisation_id,
            BankDetails.state.in_((*OPEN, *APPROVED)),
            Organisation.merged_into_id.is_(None),
        )
    )
    if any(same_account(account, other) for other in other_details):
        raise DomainError(
            _(
                "Another organisation already uses this account. Enter an account in the name of "
                "the organisation."
            )
        )


def doubts_about(details: BankDetails) -> list[str]:
    """What about an account has to be explained, in words: its country, the name of its holder."""
    return [*_doubt_country(details), *_doubt_holder(details)] if details.is_readable else []


def _doubt_country(details: BankDetails) -> Iterator[str]:
    held_in, home = country_of(details), details.organisation.country
    if held_in and home and held_in != home:
        yield _(
            "The account is held in %(country)s, and the organisation is registered in %(home)s.",
            country=country_name(held_in),
            home=country_name(home),
        )


def _doubt_holder(details: BankDetails) -> Iterator[str]:
    organisation, holder = details.organisation, details.holder.casefold()
    names = [name.casefold() for name in (organisation.name, *organisation.other_names)]
    alike = max(likeness(Name(holder), Name(name)).score for name in names)
    if holder not in names and alike < THRESHOLD:
        yield _(
            "The account holder is “%(holder)s”, and the organisation is called “%(name)s”.",
            holder=f"\u2068{details.holder}\u2069",
            name=f"\u2068{organisation.name}\u2069",
        )
