"""Room for a signature in a PDF that is not written yet: an invisible field on its first page.

As PDF/A asks, the field is meant for print and has no size; as PDF/UA asks, it lies off the page
and has a name in words.
"""

from typing import Any

import pydyf

from grants.platform.pdf_signing.gap import BLANK_RANGE, blank_contents
from grants.platform.pdf_signing.place import FIELD, Place

PRINTED_AND_LOCKED = 4 | 128
EXISTS_AND_APPEND_ONLY = 1 | 2


class Message(pydyf.Dictionary):  # type: ignore[misc]
    """The signature itself, whose bytes have to stand in the file as they are."""

    compressible = False


def leave_room(pdf: Any, place: Place) -> None:
    """Add the field and the signature, whose place is blank, to a document that has its layout."""
    message = Message(
        {
            "Type": "/Sig",
            "Filter": "/Adobe.PPKLite",
            "SubFilter": "/ETSI.CAdES.detached",
            "Name": pydyf.String(place.name),
            "Reason": pydyf.String(place.reason),
            "M": pydyf.String(place.moment),
            "ByteRange": BLANK_RANGE,
            "Contents": blank_contents(place.size),
        }
    )
    pdf.add_object(message)
    page = pdf.objects[int(pdf.page_references[0].split()[0])]
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(FIELD),
            "TU": pydyf.String(place.reason),
            "V": message.reference,
            "P": page.reference,
            "F": PRINTED_AND_LOCKED,
            "Rect": pydyf.Array([-9999, -9999, -9999, -9999]),
        }
    )
    pdf.add_object(field)
    page.setdefault("Annots", pydyf.Array()).append(field.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([field.reference]), "SigFlags": EXISTS_AND_APPEND_ONLY}
    ).data
