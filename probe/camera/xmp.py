"""XMP packets: XML that others wrote, so read without entities, and nothing where it is none."""

from re import DOTALL, sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def root_of(packet: bytes) -> "Element | None":
    """The root of a packet; None where it is no XML."""
    if not packet:
        return None
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root: Element = ElementTree.fromstring(sub(rb"<\?xpacket.*?\?>", b"", packet, flags=DOTALL).strip(b"\0 \t\r\n"))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def local(name: object) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""
