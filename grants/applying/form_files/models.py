"""A file that stands in a form."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.platform.documents.models import Document


class FormFile(Base):
    """A file that forms show, for those who may see one of their calls. Forms name it by its
    content: the same picture in the forms of ten calls is kept once.
    """

    __tablename__ = "form_file"
    __personal__ = Personal.OTHER.of("sha256")
    __unbound__ = Unbound.OWNER

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    document: Mapped[Document] = relationship()
