"""How a lens was held and how wide it sees: only where all of it is said, and nothing speaks against it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.camera.exif import Exif, Inner
from probe.camera.lens import Lens, lens_of

pytest.importorskip("numpy")

PACKET = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</r:RDF></x:xmpmeta>'
SPACE = 'xmlns:g="http://ns.google.com/photos/1.0/panorama/"'
AS_ATTRIBUTES = f'<r:Description {SPACE} g:PosePitchDegrees="12.5" g:PoseRollDegrees="-3"/>'
AS_ELEMENTS = (
    f"<r:Description {SPACE}><g:PosePitchDegrees> 12.5\n</g:PosePitchDegrees>"
    "<g:PoseRollDegrees>-3</g:PoseRollDegrees></r:Description>"
)
AT_26_MM = Exif(inner={Inner.FOCAL_35MM: (26.0,)})


@pytest.mark.parametrize("said", [AS_ATTRIBUTES, AS_ELEMENTS])
def test_a_pose_in_either_way_of_writing_it(said: str) -> None:
    attitude = lens_of(AT_26_MM, PACKET.format(said).encode()).attitude(4000, 3000)
    assert attitude is not None
    assert (attitude.pitch_deg, attitude.roll_deg, attitude.field_of_view_deg) == (12.5, -3.0, 67.3)
    assert attitude.line_deg is not None
    assert attitude.line_deg > 8, "what phones say of themselves is not what somebody measured"


def test_film_is_compared_by_its_diagonal_and_upright_pictures_see_less_to_the_sides() -> None:
    lens = Lens(focal_35mm=50.0)
    assert lens.field_of_view_deg(3600, 2400) == pytest.approx(39.6)  # the 36 mm of film itself
    assert lens.field_of_view_deg(2400, 3600) == pytest.approx(27.0)
    assert Lens().field_of_view_deg(3600, 2400) is None


def test_a_cut_or_put_together_picture_has_no_field_of_view() -> None:
    for size in ((4000.0, 3000.0), (4032.0, 3024.0)):
        assert Lens(focal_35mm=26.0, size=size).field_of_view_deg(2016, 1512)
        assert Lens(focal_35mm=26.0, size=size).field_of_view_deg(1512, 2016)
        assert Lens(focal_35mm=26.0, size=size).field_of_view_deg(1512, 1512) is None
    assert Lens(focal_35mm=26.0).field_of_view_deg(9000, 2000) is None


@given(st.text(max_size=60), st.text(max_size=30), st.tuples(st.floats() | st.none()), st.integers(1, 9000))
def test_whatever_is_said(pitch: str, space: str, focal: tuple[float | None], width: int) -> None:
    said = f'<r:Description {SPACE} g:PosePitchDegrees="{pitch}" g:PoseRollDegrees="{space}"/>'
    for packet in (PACKET.format(said), said, pitch + "http://ns.google.com/photos/1.0/panorama/" + space):
        lens = lens_of(Exif(inner={Inner.FOCAL_35MM: focal}), packet.encode(errors="replace"))
        attitude = lens.attitude(width, 3000)
        assert attitude is None or (abs(attitude.pitch_deg) <= 90 and 0 < attitude.field_of_view_deg < 180)
