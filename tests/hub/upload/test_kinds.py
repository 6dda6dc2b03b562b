"""What a file is, by its first octets and never by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.upload.kinds import Brings, brings
from tests.hub.web.bringing import GPX, WIGLE, phone_photo


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"", Brings.EMPTY),
        (b" \n\t", Brings.UNKNOWN),
        (WIGLE, Brings.LOG),
        (b"\xef\xbb\xbf" + WIGLE, Brings.LOG),
        (GPX, Brings.LOG),
        (b"SQLite format 3\0" + bytes(84), Brings.LOG),
        (b"\x1f\x8b\x08", Brings.LOG),
        (b'{"v":1}', Brings.SIGHTINGS),
        (b'\xef\xbb\xbf\r\n{"v":1}', Brings.SIGHTINGS),
        (b"\xd4\xc3\xb2\xa1\x02\0", Brings.CAPTURE),
        (b"\x0a\x0d\x0d\x0a", Brings.CAPTURE),
        (b"PK\x03\x04", Brings.ARCHIVE),
        (b"$GPGGA,1,2", Brings.TRACK),
        (b"\0\0\0\x18ftypheic", Brings.PHOTO),
        (b"RIFF\0\0\0\0WEBPVP8 ", Brings.PHOTO),
        (b"\x7fELF\x02\x01,\0", Brings.UNKNOWN),
        (b"hello", Brings.UNKNOWN),
    ],
)
def test_the_first_octets_tell(start: bytes, kind: Brings) -> None:
    assert brings(start) is kind


def test_a_phones_photo_is_a_photo() -> None:
    assert brings(phone_photo(width=16)[:512]) is Brings.PHOTO


@given(st.binary(max_size=64))
def test_whatever_begins_a_file_it_is_something(start: bytes) -> None:
    assert brings(start) in Brings
