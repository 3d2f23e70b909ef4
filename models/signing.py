"""The picture of a signature (手写签名): drawn on the screen, or scanned; shown on paper (H2)."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, ref
from models.casework import ClosingFile, Signature


class SignatureImage(Stamped, Model):
    """What a signature looks like. Kept apart from the signature, so that lists of signatures load no pictures."""

    __tablename__ = "signature_image"
    id: Mapped[int] = mapped_column(primary_key=True)
    closing_file_id: Mapped[int] = ref("closing_file.id")
    signature_id: Mapped[int] = ref("signature.id", unique=True, index=False)
    is_drawn: Mapped[bool]
    media_type: Mapped[str] = mapped_column(sa.String(20))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    picture: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    closing_file: Mapped[ClosingFile] = relationship()
    signature: Mapped[Signature] = relationship(backref=sa.orm.backref("image", uselist=False))
    __table_args__ = (
        sa.CheckConstraint("media_type in ('image/png', 'image/jpeg')", name="media_type"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
    )
