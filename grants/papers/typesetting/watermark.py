"""The word across every page of a document that nobody has certified yet.

It is drawn as outlines, so it needs no font in the PDF and no reader takes it for text: the same
word is written as text in the head of the first page, and in the metadata.
"""

import uharfbuzz as hb

from grants.papers.typesetting.typefaces import Typeface

PAGE = (595.28, 841.89)
"""Points: A4."""
WIDTH = 620.0
"""Points that the word takes along the diagonal, at most."""
TALLEST = 150.0
COLOUR = "#f7ece8"
"""A tint, not a transparency: the word is under everything else, and prints on any press."""


def svg(word: str, faces: list[Typeface]) -> bytes:
    """A page of nothing but the word, from the lower left to the upper right."""
    outline, width, em = _outlined(word, faces)
    size = min(TALLEST / em, WIDTH / width)
    across, down = PAGE[0] / 2, PAGE[1] / 2
    place = (
        f"translate({across} {down}) rotate(-54) scale({size:.5f} {-size:.5f}) "
        f"translate({-width / 2} {-em * 0.34:.0f})"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PAGE[0]} {PAGE[1]}">'
        f'<path transform="{place}" fill="{COLOUR}" d="{outline}"/></svg>'
    ).encode()


def _outlined(word: str, faces: list[Typeface]) -> tuple[str, float, int]:
    """The word's outline as an SVG path, its advance width, and the units of an em."""
    face = next((face for face in faces if _has(face, word)), faces[0])
    font = hb.Font(hb.Face(face.content))
    buffer = hb.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    pen, across = _Pen(), 0
    draw = pen.functions()
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        pen.x, pen.y = across + position.x_offset, position.y_offset
        font.draw_glyph(info.codepoint, draw, pen)
        across += position.x_advance
    return " ".join(pen.path), float(across or 1), font.face.upem


def _has(face: Typeface, word: str) -> bool:
    signs = hb.Face(face.content).unicodes
    return all(ord(sign) in signs for sign in word)


class _Pen:
    """Writes outlines down as SVG path commands, each glyph moved to its place."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.x = self.y = 0

    def functions(self) -> hb.DrawFuncs:
        draw = hb.DrawFuncs()
        draw.set_move_to_func(lambda x, y, pen: pen.write("M", x, y))
        draw.set_line_to_func(lambda x, y, pen: pen.write("L", x, y))
        draw.set_quadratic_to_func(lambda *given: given[-1].write("Q", *given[:-1]))
        draw.set_cubic_to_func(lambda *given: given[-1].write("C", *given[:-1]))
        draw.set_close_path_func(lambda pen: pen.path.append("Z"))
        return draw

    def write(self, command: str, *points: float) -> None:
        moved = (f"{point + (self.x, self.y)[place % 2]:.0f}" for place, point in enumerate(points))
        self.path.append(command + " ".join(moved))
