"""What concerns a person, the cases that they own, and the acts of the panel beside a case."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.queries import end_of_trail
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.kernel.taxonomies import InboxMail
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import viewer_of
from grants.platform.casework import queries, service
from grants.platform.casework.cases import Case, case_for
from grants.platform.casework.wording import lines_of
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session, transaction
from grants.platform.web.undo import flash_undo

pages = Blueprint("casework", __name__)

P = Permission


@pages.get("/inbox")
@in_menu(_l("What concerns me"), 6, count=queries.unread_count, alone=True, key="q")
@needs(P.CASEWORK_WRITE)
def inbox() -> ResponseReturnValue:
    """Cases assigned to this person, mentions, remarks, new states of followed cases."""
    events = queries.inbox(session(), viewer())
    until, _last = end_of_trail(session())
    return render_template(
        "platform/casework/inbox.html",
        lines=lines_of(events, viewer()),
        unread=sum(event.unread for event in events),
        any_unread=session().scalar(queries.unread_count(viewer())),
        until=until,
        mail=session().get_one(Person, viewer().person_id).inbox_mail,
        mails=InboxMail,
    )


@pages.get("/my-cases")
@needs(P.CASEWORK_WRITE)
def cases() -> ResponseReturnValue:
    """The cases that this person, or a colleague, owns; some or all of them are handed over."""
    owner = _owner_here()
    return render_template(
        "platform/casework/mine.html",
        cases=queries.owned_cases(session(), viewer(), of=owner.id),
        owner=owner,
        is_mine=owner.id == viewer().person_id,
        owners=queries.owners(session(), viewer()),
        people=queries.people_beside(session(), viewer()),
    )


def _owner_here() -> Person:
    """The person whose cases the address asks for, if they own one that this person may read; else
    the person who has signed in.
    """
    chosen = counted(request.values.get("of")) or viewer().person_id
    if chosen != viewer().person_id and not queries.owned_cases(session(), viewer(), of=chosen):
        raise Missing(_("This person owns no case that you may read."))
    return session().get_one(Person, chosen)


@pages.post("/my-cases/hand-over")
@needs(P.CASEWORK_WRITE)
def hand_over() -> ResponseReturnValue:
    """Hand the ticked cases over to a colleague."""
    owner, ticked = _owner_here(), set(request.form.getlist("case"))
    successor = viewer_of(session(), counted(request.form.get("successor")))
    chosen = [
        case
        for case in queries.owned_cases(session(), viewer(), of=owner.id)
        if f"{case.kind.name}-{case.id}" in ticked
    ]
    if successor is None or not chosen:
        flash(_("Choose at least one case, and the colleague."), "error")
        return redirect(url_for(".cases", of=owner.id))
    with transaction() as opened:
        done = service.hand_over(opened, chosen, owner.id, successor, this_act())
    flash(ngettext("%(num)s case handed over.", "%(num)s cases handed over.", done), "success")
    if done < len(chosen):
        flash(
            _("The other cases were not handed over, because the colleague may not read them."),
            "error",
        )
    others = queries.owned_cases(session(), viewer(), of=owner.id)
    return redirect(url_for(".cases", of=owner.id if others else None))


@pages.post("/inbox/read")
@needs(P.CASEWORK_WRITE)
def read() -> ResponseReturnValue:
    """Mark what concerns one case, or everything on the page, as read."""
    number = counted(request.form.get("case"))
    case = (request.form.get("kind", ""), number) if number else None
    with transaction() as opened:
        service.mark_read(opened, counted(request.form.get("until")), this_act(), case)
    return redirect(url_for(".inbox"))


@pages.post("/inbox/mail")
@needs(P.CASEWORK_WRITE)
def mail() -> ResponseReturnValue:
    """How often this person gets e-mails of what concerns them."""
    choice = request.form.get("mail", "")
    if choice not in set(InboxMail):
        raise DomainError(_("Choose how often you want e-mails."))
    with transaction() as opened:
        service.choose_mail(opened, InboxMail.of(choice), this_act())
    flash(_("Saved."), "success")
    return redirect(url_for(".inbox"))


@pages.get("/remarks/<int:number>")
@needs(P.CASEWORK_SEE)
def remark(number: int) -> ResponseReturnValue:
    """The page of the case that a remark is about."""
    written, case = queries.remark_numbered(session(), viewer(), number)
    beside = queries.remarks_on(session(), case)[: queries.REMARKS]
    start = None if written in beside else number
    return redirect(_page_of(case, f"remark-{number}", start))


@pages.post("/cases/<kind>/<int:number>/owner")
@needs(P.CASEWORK_WRITE)
def assign(kind: str, number: int) -> ResponseReturnValue:
    """Assign a case, hand it over, or take it back."""
    case = case_for(session(), viewer(), kind, number)
    chosen, before = (counted(request.form.get(name)) or None for name in ("owner", "before"))
    undo = url_for(".undo_owner", kind=kind, number=number)
    with _commit_with_message(_("The owner of this case has been changed."), undo) as opened:
        service.assign(opened, case, chosen, before, this_act())
    return _back(case)


@pages.post("/cases/<kind>/<int:number>/owner/undo")
@needs(P.CASEWORK_WRITE)
def undo_owner(kind: str, number: int) -> ResponseReturnValue:
    """Take back, within ten seconds, who was made owner."""
    case = case_for(session(), viewer(), kind, number)
    with _commit_with_message(_("Undone. The case has its previous owner again.")) as opened:
        service.undo_assignment(opened, case, this_act())
    return _back(case)


@pages.post("/cases/<kind>/<int:number>/remarks")
@needs(P.CASEWORK_WRITE)
def write(kind: str, number: int) -> ResponseReturnValue:
    """Leave a remark for colleagues."""
    case = case_for(session(), viewer(), kind, number)
    mentioned = {person for text in request.form.getlist("mention") if (person := counted(text))}
    text = request.form.get("text", "")
    number_of_remark = None
    with _commit_with_message() as opened:
        number_of_remark = service.write_remark(opened, case, text, mentioned, this_act()).id
    if number_of_remark:
        undo = url_for(".undo_remark", number=number_of_remark)
        _say_undoable(_("Your colleagues can read the remark."), undo)
    return _back(case)


@pages.post("/cases/<kind>/<int:number>/follow")
@needs(P.CASEWORK_WRITE)
def follow(kind: str, number: int) -> ResponseReturnValue:
    """Follow a case, or stop following it."""
    case = case_for(session(), viewer(), kind, number)
    stops = "stop" in request.form
    message = _("You no longer follow this case.") if stops else _("You follow this case now.")
    with _commit_with_message(message) as opened:
        if stops:
            service.stop_following(opened, case, this_act())
        else:
            service.follow(opened, case, this_act())
    return _back(case)


@pages.post("/remarks/<int:number>/withdraw")
@needs(P.CASEWORK_WRITE)
def withdraw(number: int) -> ResponseReturnValue:
    """Take a remark back."""
    undo = url_for(".undo_remark", number=number)
    with _commit_with_message(_("The remark has been withdrawn."), undo) as opened:
        written, case = queries.remark_numbered(opened, viewer(), number)
        service.withdraw_remark(opened, written, case, this_act())
    return _back(case)


@pages.post("/remarks/<int:number>/undo")
@needs(P.CASEWORK_WRITE)
def undo_remark(number: int) -> ResponseReturnValue:
    """Take back, within ten seconds, a remark or its withdrawal."""
    with _commit_with_message(_("Undone.")) as opened:
        written, case = queries.remark_numbered(opened, viewer(), number)
        service.undo_remark(opened, written, case, this_act())
    return _back(case)


@contextmanager
def _commit_with_message(done: str = "", undo: str = "") -> Iterator[Session]:
    """Commit what happens inside and say that it is done, or why not; `undo` takes it back."""
    try:
        with transaction() as opened:
            yield opened
    except (DomainError, Conflict) as refusal:
        flash(refusal.message, "error")
    else:
        if undo:
            _say_undoable(done, undo)
        elif done:
            flash(done, "success")


def _say_undoable(done: str, undo: str) -> None:
    flash_undo(done, undo, back=request.form.get("back", ""))


def _back(case: Case) -> ResponseReturnValue:
    back = request.form.get("back")
    return redirect(f"{own_page(back)}#casework" if back else _page_of(case, "casework"))


def _page_of(case: Case, anchor: str, start: int | None = None) -> str:
    address = dict[str, Any](case.address)
    return url_for(case.endpoint, _anchor=anchor, remark=start, **address)
