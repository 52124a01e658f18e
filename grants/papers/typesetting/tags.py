"""What PDF/UA asks of a PDF's tags beyond what WeasyPrint writes.

Page footers become artifacts: WeasyPrint tags them like any text and then leaves them out of the
tree, which no standard allows. Heads of tables say what they head, and can be found by their names,
to which their cells refer. All of it before the bytes are made.
"""

from collections.abc import Iterator
from typing import Any

PAGINATION = b"/Artifact <</Type /Pagination>>"
SCOPES = {"/THead": "/Column", "/TBody": "/Row", "/TFoot": "/Row"}


def completed(pdf: Any) -> None:
    """Complete the tags of a document that has its layout and is not written yet."""
    root = _object_at(pdf, pdf.catalog["StructTreeRoot"])
    references = set(_tags_below(pdf, root))
    _footers_aside(pdf, _object_at(pdf, root["ParentTree"])["Nums"], references)
    elements = {reference: _object_at(pdf, reference) for reference in references}
    for element in elements.values():
        if element["S"] == "/TH":
            _set_scope(pdf, element)
    _add_names(pdf, root, elements)


def _object_at(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _tags_below(pdf: Any, element: Any) -> Iterator[bytes]:
    """References of every tag below one; annotations hang in the tree without being one."""
    for kid in element.get("K", ()):
        if isinstance(kid, bytes) and _object_at(pdf, kid).get("Type") == "/StructElem":
            yield kid
            yield from _tags_below(pdf, _object_at(pdf, kid))


def _footers_aside(pdf: Any, numbers: Any, references: set[bytes]) -> None:
    """Mark what no tag leads to as belonging to the page and not to the text."""
    for page in pdf.objects:
        if isinstance(page, dict) and page.get("Type") == "/Page":
            elements = numbers[2 * page["StructParents"] + 1]
            lost = {place for place, element in enumerate(elements) if element not in references}
            _set_aside(_object_at(pdf, page["Contents"]), lost)
            for place in lost:
                elements[place] = b"null"


def _set_aside(content: Any, lost: set[int]) -> None:
    """Marked content begins with its tag, its properties with a number, and BDC."""
    for place, properties in enumerate(content.stream):
        if isinstance(properties, dict) and properties.get("MCID") in lost:
            content.stream[place - 1] = PAGINATION
            content.stream[place] = b""


def _set_scope(pdf: Any, head: Any) -> None:
    row = _object_at(pdf, head["P"])
    group = _object_at(pdf, row["P"])
    head["A"]["Scope"] = SCOPES.get(group["S"], "/Row")


def _add_names(pdf: Any, root: Any, elements: dict[bytes, Any]) -> None:
    """The tree in which tags are found by their names, in order."""
    dictionary, array = type(root), type(root["K"])  # pydyf's, which only pdf.py knows
    names = sorted(
        (element["ID"].string, reference, element["ID"])
        for reference, element in elements.items()
        if "ID" in element
    )
    if names:
        listed = array(part for _text, reference, name in names for part in (name, reference))
        tree = dictionary({"Names": listed})
        pdf.add_object(tree)
        root["IDTree"] = tree.reference
