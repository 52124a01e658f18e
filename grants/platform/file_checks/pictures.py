"""Pictures: opened, and drawn again without where and when they were taken."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _

MOST_PIXELS = 50_000_000
"""More than any scanned page; a few kilobytes can claim far more and fill the memory."""


def clean_jpeg(content: bytes) -> bytes:
    """The JPEG without EXIF, comments or anything behind its end."""
    with _open_picture(content, ("JPEG",)) as picture:
        upright = ImageOps.exif_transpose(picture)
        converted = upright if upright.mode in ("L", "RGB") else upright.convert("RGB")
        return _rewritten_pixels(converted, "JPEG", quality=90, optimize=True)


def clean_png(content: bytes) -> bytes:
    """The PNG without text chunks or anything behind its end."""
    with _open_picture(content, ("PNG",)) as picture:
        upright = ImageOps.exif_transpose(picture)
        return _rewritten_pixels(upright, "PNG")


def _open_picture(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The picture, decoded to its end; its claimed size is believed before anything is decoded."""
    try:
        picture = Image.open(io.BytesIO(content), formats=formats)
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_many_pixels()
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except InvalidInput:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise InvalidInput(
            _("This image cannot be opened. Save it again and upload the new file.")
        ) from error
    return picture


def _too_many_pixels() -> InvalidInput:
    return InvalidInput(
        _(
            "This image has more than %(count)s million pixels. Make it smaller and upload it "
            "again.",
            count=50,
        )
    )


def _rewritten_pixels(picture: Image.Image, kind: str, **options: int | bool) -> bytes:
    """Written from its pixels alone: whatever else came with them stays behind."""
    bare = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and (palette := picture.getpalette("RGBA")):
        bare.putpalette(palette, "RGBA")
    bare.paste(picture)
    file = io.BytesIO()
    bare.save(file, kind, **options)
    return file.getvalue()
