"""Passkeys (WebAuthn): a device proves that it is here, and that its owner unlocked it.

A passkey is two factors in one: the device, and the finger, face or number that unlocks it. So it
signs in alone, and nobody's guesses at a passphrase stand in its way.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.proofs.models import Factor, FactorKind
from grants.core.proofs.queries import factors_of


@dataclass(frozen=True, slots=True)
class Site:
    """For which site a passkey is: its host name, and its address as browsers write it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class CredentialRequest:
    """What the browser is asked for, as JSON, and the challenge that the answer has to sign."""

    options: str
    challenge: bytes


def ask_for_new(session: Session, person: Person, site: Site) -> CredentialRequest:
    """Ask a device of this person for a new passkey."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.host,
        user_id=hashlib.sha256(f"person {person.id}".encode()).digest(),
        user_name=person.email,
        user_display_name=person.name,
        exclude_credentials=_known_passkeys(session, person.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return CredentialRequest(webauthn.options_to_json(options), options.challenge)


def ask_for_proof(session: Session, site: Site, person_id: int | None) -> CredentialRequest:
    """Ask for a passkey of this person; None: of the person whom the device knows."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_known_passkeys(session, person_id) if person_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return CredentialRequest(webauthn.options_to_json(options), options.challenge)


def add_passkey(
    session: Session, person: Person, site: Site, challenge: bytes, answer: str, name: str, act: Act
) -> Factor:
    """The device has made a passkey for this site: it becomes a second factor."""
    try:
        registration = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:  # a number in it may have no end
        raise DomainError(_("The device did not answer as it should. Try again.")) from error
    factor = Factor(
        person_id=person.id,
        kind=FactorKind.PASSKEY,
        name=name.strip()[:80] or str(FactorKind.PASSKEY.label),
        credential_id=registration.credential_id,
        public_key=registration.credential_public_key,
        counter=registration.sign_count,
        added_at=clock.now(),
    )
    session.add(factor)
    record(session, factor, "add", act, kind=factor.kind.value)
    return factor


def use_passkey(session: Session, site: Site, challenge: bytes, answer: str) -> Person | None:
    """Whose passkey signed the challenge; None if it is no good."""
    passkey = _passkey_of(session, answer)
    if passkey is None:
        return None
    try:
        proof = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key or b"",
            credential_current_sign_count=passkey.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    used = update(Factor).where(Factor.id == passkey.id, Factor.counter == passkey.counter)
    result: Any = session.execute(used.values(counter=proof.new_sign_count, used_at=clock.now()))
    return passkey.person if result.rowcount == 1 else None


def _passkey_of(session: Session, answer: str) -> Factor | None:
    """The passkey that a browser's answer names."""
    try:
        name = webauthn.helpers.parse_authentication_credential_json(answer).id
        credential_id = base64url_to_bytes(name)
    except (WebAuthnException, ValueError):
        return None
    return session.scalar(
        select(Factor).where(Factor.credential_id == credential_id, Factor.ended_at.is_(None))
    )


def _known_passkeys(session: Session, person_id: int) -> list[PublicKeyCredentialDescriptor]:
    passkeys = factors_of(session, person_id, FactorKind.PASSKEY)
    return [PublicKeyCredentialDescriptor(id=key.credential_id or b"") for key in passkeys]
