"""What is written into the XMP metadata of a PDF/A: that it is PDF/UA-1 too, how many pages it
has, and where it is from.

PDF/A wants every namespace that it does not know to be described, in one list.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from grants.platform.documents.origin import FIELDS, NAMESPACE, Origin

UA = "http://www.aiim.org/pdfua/ns/id/"
_ACCESSIBLE = (
    f'<rdf:Description xmlns:pdfuaid="{UA}" rdf:about="">'
    "<pdfuaid:part>1</pdfuaid:part></rdf:Description>"
)


_PAGED = (
    '<rdf:Description xmlns:xmpTPg="http://ns.adobe.com/xap/1.0/t/pg/" rdf:about="">'
    "<xmpTPg:NPages>{}</xmpTPg:NPages></rdf:Description>"
)
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d+)</xmpTPg:NPages>")


def pages_of(content: bytes) -> int | None:
    """How many pages a PDF of ours says it has, without reading it through."""
    match = _PAGES.search(content)
    return int(match[1]) if match else None


_ARCHIVAL = re.compile(rb"<rdf:Description [^>]*pdfaid:part=[^>]*/>")


def _added_rdf(custom: Mapping[str, str], pages: int, *, legible: bool) -> bytes:
    """RDF to put before the end of the metadata. `custom` are the page's own <meta> elements."""
    parts, schemas = [_PAGED.format(pages)], []
    if legible:
        parts.insert(0, _ACCESSIBLE)
        schemas.append(_schema_rdf("PDF/UA identification", UA, "pdfuaid", _UA_PROPERTIES))
    if f"p20.{FIELDS[0]}" in custom:
        origin = Origin(*(custom.get(f"p20.{name}", "") for name in FIELDS[:-1]))
        parts.append(origin.metadata())
        schemas.append(_schema_rdf("Origin of the document", NAMESPACE, "p20", _ORIGIN_PROPERTIES))
    return "".join([*parts, _extension_rdf(schemas)]).encode()


_UA_PROPERTIES = (("part", "Integer", "internal", "Part of ISO 14289"),)
_ORIGIN_PROPERTIES = (
    ("document", "Text", "external", "Kind of document"),
    ("reference", "Text", "external", "Record it tells of"),
    ("period", "Text", "external", "Days it tells of, ISO 8601"),
    ("language", "Text", "external", "Language it is written in"),
    ("facts", "Text", "external", "SHA-256 of its facts"),
    ("seal", "Text", "internal", "Code over the file, made by whoever issued it"),
)


def _extension_rdf(schemas: Iterable[str]) -> str:
    return (
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        f"<pdfaExtension:schemas><rdf:Bag>{''.join(schemas)}</rdf:Bag></pdfaExtension:schemas>"
        "</rdf:Description>"
    )


def _schema_rdf(
    name: str, address: str, prefix: str, properties: Iterable[tuple[str, str, str, str]]
) -> str:
    listed = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{called}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{category}</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
        for called, kind, category, what in properties
    )
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{name}</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{address}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{listed}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def described(document: Any, pdf: Any, *, legible: bool = True) -> None:
    """Write it into a finished PDF, before its bytes are made: as plain text, for the seal.

    Where a letter has no shape (not `legible`), it claims neither PDF/UA nor PDF/A.
    """
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    before, closing, after = b"".join(metadata.stream).partition(b"</rdf:RDF>")
    if not legible:
        before = _ARCHIVAL.sub(b"", before)
    added = _added_rdf(document.metadata.custom, len(document.pages), legible=legible)
    metadata.compress = False
    metadata.stream = [before + added + closing + after]
