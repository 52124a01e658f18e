"""Taking over a call from a file: from another installation, or from an earlier year."""

from dataclasses import replace

from sqlalchemy.orm import Session

from grants.applying.call_changes.stages import link
from grants.applying.call_files.carried import Carried
from grants.applying.calls import queries
from grants.applying.calls.models import Call
from grants.applying.calls.service import draft_call, settings_of, with_defaults
from grants.applying.calls.soundness import rule_faults
from grants.applying.calls.workflow import PREPARED
from grants.applying.form_files.service import take_files
from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Scope
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.stages import with_note
from grants.platform.questionnaires.written import to_json


def import_call(session: Session, carried: Carried, act: Act) -> tuple[Call, bool]:
    """Prepare the call as a draft; the same call that is there already stays as it is (False).

    DomainError if a call with this reference is there with other content, or if the form is faulty.
    """
    fund = fund_by_code(session, carried.fund)
    existing = queries.find_by_reference(session, carried.reference)
    if existing is not None:
        same = _has_rules(existing, carried)
        same = same and existing.form == to_json(carried.form) and existing.fund_id == fund.id
        same = same and existing.grantee_forms == carried.grantee_forms
        if same and _is_second_stage_same(existing, carried):
            return existing, False
        raise DomainError(
            _(
                "The call %(reference)s already exists with different content.",
                reference=carried.reference,
            )
        )
    if faults := faults_in_words(carried.form):
        raise DomainError("\n".join(faults))
    for definition in carried.files:
        take_files(session, definition, act, Scope(fund.id))
    call = draft_call(
        session,
        fund,
        carried.rules,
        act,
        form=carried.form,
        grantee_forms=carried.grantee_forms,
        reference=carried.reference,
    )
    if carried.second is not None:
        proposal = replace(carried.second, form=with_note(carried.second.form, carried.form))
        second, _is_new = import_call(session, proposal, act)
        if second.state not in PREPARED or second.is_second_stage:
            raise DomainError(
                _(
                    "The call %(reference)s already exists with different content.",
                    reference=second.reference,
                )
            )
        link(session, call, second, act)
        if faults := list(rule_faults(call)):
            raise DomainError("\n".join(faults))
    return call, True


def _is_second_stage_same(existing: Call, carried: Carried) -> bool:
    """Are both without a second stage, or is it the same one?"""
    if existing.second_stage is None or carried.second is None:
        return existing.second_stage is None and carried.second is None
    return (
        existing.second_stage.reference == carried.second.reference
        and existing.second_stage.form == to_json(carried.second.form)
        and existing.second_stage.grantee_forms == carried.second.grantee_forms
        and _has_rules(existing.second_stage, carried.second)
    )


def _has_rules(call: Call, carried: Carried) -> bool:
    """Are the rules of the call those of the file, as far as the file names them?"""
    settings = settings_of(with_defaults(carried.rules, call.fund))
    if carried.rules.languages is None:
        del settings["languages"]
    return all(getattr(call, name) == value for name, value in settings.items())
