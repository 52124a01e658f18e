"""The pictures of a fund: its mark, and the signatures that stand under its letters.

Nothing of the uploaded file is kept but what it shows: it is opened, drawn again on white at the
size it is used in, and written as PNG.
"""

import hashlib
import io
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund, FundPicture, PictureKind
from grants.core.funds.queries import lock
from grants.core.kernel.errors import InvalidInput, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.file_checks.checks import Upload, check

if TYPE_CHECKING:
    from PIL.Image import Image

ACCEPTED = (".png", ".jpg", ".jpeg")
BOX = (600, 200)
"""Pixels that a picture takes at most; enough for 5 cm on paper."""
SMALLEST = 24
"""Pixels of its shorter side: less is a line or a dot."""
ICON = 64


def redrawn(upload: Upload) -> bytes:
    """The picture as it is kept; InvalidInput says what is wrong with the file."""
    from PIL import Image

    checked = check(upload, ACCEPTED)
    with Image.open(io.BytesIO(checked.content)) as opened:
        picture = opened.convert("RGBA")
    if min(picture.size) < SMALLEST:
        raise InvalidInput(
            _(
                "This picture is too small: each side needs at least %(count)s pixels.",
                count=SMALLEST,
            )
        )
    picture.thumbnail(BOX, Image.Resampling.LANCZOS)
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture)
    return _as_png(paper)


def icon_of(content: bytes) -> bytes:
    """A mark as a browser shows it on a tab: a small square, the mark in its middle."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((ICON, ICON), Image.Resampling.LANCZOS)
    square = Image.new("RGB", (ICON, ICON), "white")
    square.paste(picture, ((ICON - picture.width) // 2, (ICON - picture.height) // 2))
    return _as_png(square)


def _as_png(picture: "Image") -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def put_picture(session: Session, fund: Fund, picture: FundPicture, act: Act) -> FundPicture:
    """The fund's mark or a signature, in place of the one before."""
    act.demand(Permission.FUND_DESCRIBE, Scope(fund.id))
    lock(session, fund.id)
    _known_signatory(fund, picture)
    if before := fund.picture(picture.kind, picture.whose):
        fund.pictures.remove(before)
        session.delete(before)
        session.flush()
    picture.sha256 = hashlib.sha256(picture.content).hexdigest()
    fund.pictures.append(picture)
    session.flush()
    facts = {"kind": picture.kind.value, "whose": picture.whose, "sha256": picture.sha256}
    record(session, fund, "put_picture", act, **facts)
    return picture


def remove_picture(session: Session, fund: Fund, kind: PictureKind, whose: str, act: Act) -> None:
    """The fund does without it again. Missing where there is none."""
    act.demand(Permission.FUND_DESCRIBE, Scope(fund.id))
    picture = fund.picture(kind, whose)
    if picture is None:
        raise Missing(_("This picture no longer exists."))
    fund.pictures.remove(picture)
    session.delete(picture)
    record(session, fund, "remove_picture", act, kind=kind.value, whose=whose)


def _known_signatory(fund: Fund, picture: FundPicture) -> None:
    names = {signatory["name"] for signatory in fund.signatories}
    if picture.kind is PictureKind.SIGNATURE and picture.whose not in names:
        raise InvalidInput(_("%(name)s is not a signatory of this fund.", name=picture.whose))
