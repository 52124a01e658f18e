"""Remembering how the texts of a fund's forms were translated, and finding it again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grants.applying.form_translations.models import TranslationMemory
from grants.core.audit.act import Act
from grants.platform.questions.reading import PlacedText

SOURCE = "en"


def remember(
    session: Session,
    fund_id: int,
    texts: Iterable[PlacedText],
    languages: Collection[str],
    act: Act,
) -> None:
    """Keep how these texts read in some languages, for the other forms of the fund."""
    rows = {
        (language, _digest_of(source), _digest_of(words)): (source.strip(), words.strip())
        for text in texts
        if (source := text.texts.get(SOURCE, "")).strip()
        for language in languages
        if (words := text.texts.get(language, "")).strip()
    }
    if not rows:
        return
    addition = insert(TranslationMemory).values(
        [
            {
                "fund_id": fund_id,
                "language": language,
                "source": source,
                "words": words,
                "source_digest": source_digest,
                "words_digest": words_digest,
                "kept_at": act.at,
            }
            for (language, source_digest, words_digest), (source, words) in rows.items()
        ]
    )
    unique = ["fund_id", "language", "source_digest", "words_digest"]
    session.execute(
        addition.on_conflict_do_update(
            index_elements=unique, set_={"kept_at": addition.excluded.kept_at}
        )
    )


def remember_opened(session: Session, fund_id: int, texts: Sequence[PlacedText], act: Act) -> None:
    """Keep the translations of a form that has been opened, except those whose English has been
    changed since: nobody has said that they still hold.
    """
    languages = {language for text in texts for language in text.texts} - {SOURCE}
    former = former_sources(session, fund_id, texts, languages)
    for language in sorted(languages):
        sound = [text for place, text in enumerate(texts) if (language, place) not in former]
        remember(session, fund_id, sound, [language], act)


def suggestions(
    session: Session, fund_id: int, language: str, texts: Iterable[PlacedText]
) -> Mapping[str, str]:
    """English texts with their latest translation in any form of the fund."""
    digests = {_digest_of(text.texts.get(SOURCE, "")) for text in texts}
    rows = session.execute(
        select(TranslationMemory.source, TranslationMemory.words)
        .where(
            TranslationMemory.fund_id == fund_id,
            TranslationMemory.language == language,
            TranslationMemory.source_digest.in_(digests),
        )
        .order_by(TranslationMemory.kept_at, TranslationMemory.id)
    )
    return {row.source: row.words for row in rows}


def former_sources(
    session: Session, fund_id: int, texts: Sequence[PlacedText], languages: Collection[str]
) -> Mapping[tuple[str, int], str]:
    """What the English said when a text was translated, where it says something else now; by the
    language and the place of the text in the sequence.
    """
    digests = {
        (language, place): _digest_of(text.texts[language])
        for place, text in enumerate(texts)
        for language in languages
        if text.texts.get(language, "").strip()
    }
    sources: dict[tuple[str, str], dict[str, str]] = {}
    for language, digest, source_digest, source in session.execute(
        select(
            TranslationMemory.language,
            TranslationMemory.words_digest,
            TranslationMemory.source_digest,
            TranslationMemory.source,
        )
        .where(
            TranslationMemory.fund_id == fund_id,
            TranslationMemory.language.in_(languages),
            TranslationMemory.words_digest.in_(set(digests.values())),
        )
        .order_by(TranslationMemory.kept_at, TranslationMemory.id)
    ):
        sources.setdefault((language, digest), {})[source_digest] = source
    return {
        (language, place): list(translated_from.values())[-1]
        for (language, place), digest in digests.items()
        if (translated_from := sources.get((language, digest)))
        and _digest_of(texts[place].texts.get(SOURCE, "")) not in translated_from
    }


def _digest_of(text: str) -> str:
    return sha256(text.strip().encode()).hexdigest()
