"""A file by pieces: sent twice, late, out of order or by two tabs, it is the file in the end."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.errors import InvalidInput
from grants.platform.documents.arriving import ARRIVING, MOST, Arriving, Piece, clear_away
from grants.platform.documents.store import Folder
from grants.platform.file_checks.checks import LARGEST


@given(
    content=st.binary(max_size=60),
    pieces=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=30),
)
def test_whatever_pieces_come_what_lies_there_is_the_beginning_of_the_file(
    content: bytes, pieces: list[tuple[int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        arriving = Arriving(Folder(Path(folder)), 1, "a file")
        for begin, size in pieces:
            part = content[begin : begin + size]
            received = arriving.take(Piece(min(begin, len(content)), len(content), part))
            assert arriving.content() == content[:received]
        received = 0
        while received < len(content):
            received = arriving.take(Piece(received, len(content), content[received:][:7]))
        assert not content or arriving.content() == content


def test_two_tabs_that_send_the_same_file_make_it_once(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40

    def send(_tab: int) -> None:
        arriving, there = Arriving(Folder(tmp_path), 1, "a file"), 0
        while there < len(content):
            there = arriving.take(Piece(there, len(content), content[there : there + 100]))

    with ThreadPoolExecutor(4) as tabs:
        list(tabs.map(send, range(4)))
    assert Arriving(Folder(tmp_path), 1, "a file").content() == content


def test_two_hosts_that_take_pieces_at_the_same_moment_keep_each_byte_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arriving = Arriving(Folder(tmp_path), 1, "a file")
    with monkeypatch.context() as nothing_there_yet:
        nothing_there_yet.setattr(Folder, "entries", lambda *_folder: iter(()))
        assert arriving.take(Piece(0, 6, b"abc")) == 3
        assert arriving.take(Piece(0, 6, b"abcd")) == 4
    assert arriving.take(Piece(2, 6, b"cdef")) == 6
    assert arriving.content() == b"abcdef"
    arriving.forget()
    assert arriving.content() == b""


@pytest.mark.parametrize(
    "piece", [Piece(0, LARGEST + 1, b"x"), Piece(5, 6, b"xx"), Piece(-1, 6, b"x")]
)
def test_what_cannot_be_part_of_a_file_is_refused(tmp_path: Path, piece: Piece) -> None:
    with pytest.raises(InvalidInput):
        Arriving(Folder(tmp_path), 1, "a file").take(piece)
    assert list(Folder(tmp_path).entries(ARRIVING)) == []


@pytest.mark.file_times
def test_a_sender_fills_no_disk(tmp_path: Path) -> None:
    for number in range(MOST + 5):
        Arriving(Folder(tmp_path), 1, f"file {number}").take(Piece(0, 10, b"x"))
    Arriving(Folder(tmp_path), 2, "of another").take(Piece(0, 10, b"x"))
    pieces = list(tmp_path.glob(f"{ARRIVING}/1/*"))
    assert len(pieces) == MOST
    for path in pieces:
        os.utime(path, (0, 0))
    clear_away(Folder(tmp_path))
    assert [entry.name.split("/")[1] for entry in Folder(tmp_path).entries(ARRIVING)] == ["2"]
