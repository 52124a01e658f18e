"""Finding paragraphs of the guides by their words, in the reader's language."""

from dataclasses import dataclass

from grants.platform.guides.paragraphs import Guide, Paragraph
from grants.platform.guides.places import GUIDES, guides_of_reader


@dataclass(frozen=True, slots=True)
class FoundParagraph:
    """A paragraph with the guide that it stands in."""

    name: str
    guide: Guide
    paragraph: Paragraph


def paragraphs_found(text: str, most: int) -> list[FoundParagraph]:
    """The paragraphs that contain every word: of the reader's own guides first, and first those
    whose heading says it.
    """
    words = text.casefold().split()
    if not words:
        return []
    own = guides_of_reader()
    places = [
        FoundParagraph(name, guide, paragraph)
        for name, guide in GUIDES.items()
        for paragraph in guide.paragraphs
    ]
    found = [place for place in places if _contains_words(place.paragraph, words)]
    found.sort(key=lambda place: (place.name not in own, not _is_headed(place.paragraph, words)))
    return found[:most]


def _is_headed(paragraph: Paragraph, words: list[str]) -> bool:
    heading = str(paragraph.heading).casefold()
    return all(word in heading for word in words)


def _contains_words(paragraph: Paragraph, words: list[str]) -> bool:
    said = f"{paragraph.heading} {paragraph.text}".casefold()
    return all(word in said for word in words)
