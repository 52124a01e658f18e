"""An uploaded file."""

import os
from collections.abc import Iterable
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import Question


class FileField(Question):
    """One uploaded file of `most` MB, or None. What is in it is checked where it is kept."""

    widget = staticmethod(widgets.file_upload)
    is_file = True

    def __init__(
        self, label: str = "", *, accept: Iterable[str] = (".pdf",), most: int = 10, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.accept = tuple(accept)
        self.most = most

    def process_formdata(self, valuelist: list[Any]) -> None:
        files = [file for file in valuelist if getattr(file, "filename", "")]
        self.data = files[0] if files else None

    def is_empty(self) -> bool:
        return self.data is None

    def check(self) -> None:
        name = str(self.data.filename).lower()
        if self.accept and not name.endswith(self.accept):
            raise InvalidInput(
                _("Choose a file of one of these types: %(kinds)s.", kinds=self.kinds)
            )
        if self._size() > self.most * 1024**2:
            self.data.close()
            raise InvalidInput(
                _(
                    "“%(name)s” is too large: %(limit)s MB at most.",
                    name=self.data.filename,
                    limit=self.most,
                )
            )

    def _size(self) -> int:
        size: int = self.data.stream.seek(0, os.SEEK_END)
        self.data.stream.seek(0)
        return size

    @property
    def kinds(self) -> str:
        """As “PDF, JPG”."""
        return spaced(",").join(ending.lstrip(".").upper() for ending in self.accept)

    def missing_text(self) -> str:
        return str(self.missing) or _("Choose a file for “%(label)s”.", label=self.label.text)
