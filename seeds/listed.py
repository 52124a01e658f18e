"""A sanctions list in the shape of the Security Council's. Everyone on it is made up."""

from datetime import date
from xml.sax.saxutils import escape

PERSONS = (
    ("7000001", "DMi.001", "MAREK", "DRAVENKO", "Марек Дравенко", ("Mark Dravenco", "Low")),
    ("7000002", "DMi.002", "QASIM", "AL-TAZARI", "قاسم التزاري", ("Kasem Tazary", "Good")),
    ("7000003", "DMi.003", "NADIM", "VELKAROV", "Надим Велкаров", ("Nadeem Welkaroff", "Good")),
    ("7000004", "DMi.004", "ZOLTANA", "VEXIN", "", ("Zoltana of the Coast", "Low")),
)
ENTITIES = (
    ("7000101", "DMe.101", "BLACK MERIDIAN FRONT", "", "BMF Movement"),
    ("7000102", "DMe.102", "TAZARI TRADING HOUSE", "دار التزاري للتجارة", "Tazari House"),
    ("7000103", "DMe.103", "ORION RELIEF AND TRUST SOCIETY", "", "Orion Relief Trust"),
    ("7000104", "DMe.104", "DRAVENKO SHIPPING BUREAU", "Бюро Дравенко", "DSB"),
)


def consolidated_list(day: date, *, newer: bool) -> bytes:
    """The list of a day; the newer one adds a person, changes one, and no longer has another."""
    persons = PERSONS if newer else PERSONS[:-1]
    entities = ENTITIES[:-1] if newer else ENTITIES
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<CONSOLIDATED_LIST dateGenerated="{day.isoformat()}T06:00:00Z">',
        "<INDIVIDUALS>",
        *(_person(*person, comments="Reviewed." if newer else "") for person in persons),
        "</INDIVIDUALS>",
        "<ENTITIES>",
        *(_entity(*entity) for entity in entities),
        "</ENTITIES>",
        "</CONSOLIDATED_LIST>",
    ]
    return "\n".join(parts).encode()


def _person(
    data_id: str,
    reference: str,
    first: str,
    second: str,
    original: str,
    alias: tuple[str, str],
    *,
    comments: str,
) -> str:
    told = comments if data_id.endswith("2") else ""
    return (
        f"<INDIVIDUAL><DATAID>{data_id}</DATAID><VERSIONNUM>1</VERSIONNUM>\n"
        f"<FIRST_NAME>{escape(first)}</FIRST_NAME><SECOND_NAME>{escape(second)}</SECOND_NAME>\n"
        f"<UN_LIST_TYPE>Demonstration</UN_LIST_TYPE>\n"
        f"<REFERENCE_NUMBER>{reference}</REFERENCE_NUMBER><LISTED_ON>2019-03-27</LISTED_ON>\n"
        f"<NAME_ORIGINAL_SCRIPT>{original}</NAME_ORIGINAL_SCRIPT>\n"
        f"<COMMENTS1>{told}</COMMENTS1>\n"
        f"<INDIVIDUAL_ALIAS><QUALITY>{alias[1]}</QUALITY>"
        f"<ALIAS_NAME>{escape(alias[0])}</ALIAS_NAME></INDIVIDUAL_ALIAS>\n"
        "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1969</YEAR>"
        "</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>"
    )


def _entity(data_id: str, reference: str, name: str, original: str, alias: str) -> str:
    return (
        f"<ENTITY><DATAID>{data_id}</DATAID><VERSIONNUM>1</VERSIONNUM>\n"
        f"<FIRST_NAME>{escape(name)}</FIRST_NAME><UN_LIST_TYPE>Demonstration</UN_LIST_TYPE>\n"
        f"<REFERENCE_NUMBER>{reference}</REFERENCE_NUMBER><LISTED_ON>2020-11-05</LISTED_ON>\n"
        f"<NAME_ORIGINAL_SCRIPT>{original}</NAME_ORIGINAL_SCRIPT>\n"
        f"<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>{escape(alias)}</ALIAS_NAME>"
        "</ENTITY_ALIAS></ENTITY>"
    )
