"""The texts of a form for a translator, and what came back from one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grants.applying.form_translations.memory import SOURCE
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import texts_of
from grants.platform.questions.reading import PlacedText


@dataclass(frozen=True, slots=True)
class SourceText:
    """An English text of a form. `name` is that of its input on the page; `reference` stays with it
    in files while the text stays at its question, section or check.
    """

    name: str
    reference: str
    text: PlacedText

    @property
    def english(self) -> str:
        return self.text.texts[SOURCE]

    def words(self, language: str) -> str:
        return self.text.texts.get(language, "").strip()


@dataclass(frozen=True, slots=True)
class ReturnedText:
    """A text as a translator's file has it."""

    reference: str
    english: str
    words: str


@dataclass(frozen=True, slots=True)
class SentText:
    """A text as a translator gets it. `remark` says why it is to be looked at, if it is."""

    reference: str
    where: str
    part: str
    english: str
    words: str
    remark: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file brings: words by the name of the input; texts whose English has been changed
    since the file was made, with what stands there now (none: it is no longer in the form); and how
    many the translator left empty.
    """

    words: Mapping[str, str]
    changed: Sequence[tuple[ReturnedText, SourceText | None]]
    empty: int


def source_texts(form: Form) -> Iterator[SourceText]:
    """The texts that there are in English, in the order of the form."""
    places: Counter[str] = Counter()
    for number, text in enumerate(texts_of(form)):
        if text.texts.get(SOURCE, "").strip():
            places[text.anchor] += 1
            yield SourceText(f"t{number}", f"{text.anchor}.{places[text.anchor]}", text)


def returned(texts: Sequence[SourceText], file_texts: Sequence[ReturnedText]) -> Returned:
    """Find for each text of a file the one of the form that it translates: at its place, or, if
    the English there is another one, wherever the form has that English now.
    """
    by_reference = {text.reference: text for text in texts}
    by_english: dict[str, list[SourceText]] = {}
    for text in texts:
        by_english.setdefault(_without_breaks(text.english), []).append(text)
    words: dict[str, str] = {}
    moved: dict[str, str] = {}
    changed = []
    for row in file_texts:
        if not row.words.strip():
            continue
        there = by_reference.get(row.reference)
        if there and _without_breaks(there.english) == _without_breaks(row.english):
            words[there.name] = row.words.strip()
        elif same := by_english.get(_without_breaks(row.english)):
            moved |= {text.name: row.words.strip() for text in same}
        else:
            changed.append((row, there))
    empty = sum(not row.words.strip() for row in file_texts)
    return Returned({**moved, **words}, changed, empty)


def _without_breaks(text: str) -> str:
    """Blanks and line ends apart, which programs of translators change."""
    return " ".join(text.split())
