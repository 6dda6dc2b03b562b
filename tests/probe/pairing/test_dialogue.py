"""What a probe makes of what comes while it asks to be paired."""

from pathlib import Path

from hub.data import make_hub
from probe.contract.code import make_code, new_token
from probe.pairing.mqtt import _Dialogue
from probe.uplink.choose import broker_of


def test_a_hub_that_says_twice_who_it_is_is_no_trouble(tmp_path: Path) -> None:
    """It answers each hello that was repeated, while the probe asks for an account already."""
    with make_hub(tmp_path / "hub") as folder, make_hub(tmp_path / "other") as other:
        code = make_code(folder.keys.hub_id, new_token(), None)
        dialogue = _Dialogue(code, broker_of("mqtt://127.0.0.1:1883"), None, None)
        assert dialogue.take(folder.keys.descriptor()) is None
        asks = dialogue.message
        assert dialogue.take(folder.keys.descriptor()) is None
        assert (dialogue.trouble, dialogue.message) == (None, asks)
        for strange in (other.keys.descriptor(), b"", b"nonsense"):
            dialogue.trouble = ""
            assert dialogue.take(strange) is None
            assert dialogue.trouble
            assert dialogue.message == asks
