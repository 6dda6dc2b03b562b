"""A camera in one plain sentence: what is claimed of it, how often it was met, where it stands, and what is open."""

from math import ceil

from hub.publish.view import CameraDetail
from hub.web.words import Words


def sentence(detail: CameraDetail, say: Words) -> str:
    """Such as "Fixed camera on a wall, looks north-east, seen on 2 walks, stands within 8 m." and what is not known."""
    camera = detail.camera
    feminine = camera.title_kind not in say("masculine_kinds").split()
    parts = [brief(detail, say)]
    parts += _occasions(detail, say, feminine=feminine)
    # Never better than it is: a radius of 7.1 m is within 8.
    parts.append(say("stands", radius=ceil(camera.reach95_m), f=feminine))
    sentences = [", ".join(parts) + "."]
    if any(claim.about == "gone" for claim in detail.claims):
        sentences.append(say("said_gone"))
    if unknown := _open_points(detail, say):
        sentences.append(say("not_known_yet", things=", ".join(unknown)))
    if camera.standing == "hint":
        sentences.append(say("hint_to_check"))
    return " ".join(sentences)


def brief(detail: CameraDetail, say: Words) -> str:
    """What it is and where it looks, such as "Fixed camera on a wall, looks north-east"."""
    feminine = detail.camera.title_kind not in say("masculine_kinds").split()
    parts = [_description(detail, say)]
    if detail.camera.direction is not None:
        parts.append(say("looks", towards=say.compass(detail.camera.direction, "towards"), f=feminine))
    return ", ".join(parts)


def _description(detail: CameraDetail, say: Words) -> str:
    camera = detail.camera
    parts = [say(f"kind_{camera.title_kind}")]
    if camera.vendor is not None:
        parts.append(say("by_maker", vendor=camera.vendor))
    if camera.mount is not None:
        parts.append(say(f"on_{camera.mount}"))
    return " ".join(parts)


def _occasions(detail: CameraDetail, say: Words, *, feminine: bool) -> list[str]:
    """On how many walks people saw it, and the radio heard it; a log that was imported is no walk of ours."""
    seen: set[str] = set()
    heard: set[str] = set()
    logs: set[str] = set()
    for item in detail.evidence:
        walks = seen if item.kind != "radio" else logs if item.made_by == "import" else heard
        walks.add(item.walk_label)
    # A hint may rest on a walker's note as well, where that says nothing for certain.
    by_eye = "seen_on" if detail.camera.standing == "seen" else "noted_on"
    counts = ((by_eye, seen), ("heard_on", heard), ("logged_in", logs))
    sentences = [say(key, n=len(walks), f=feminine) for key, walks in counts if walks]
    return sentences if seen else [*sentences, say("unseen", f=feminine)]


def _open_points(detail: CameraDetail, say: Words) -> list[str]:
    camera = detail.camera
    known = {
        "kind": camera.title_kind != "camera",
        "mount": camera.mount is not None,
        "direction": camera.direction is not None,
        "vendor": camera.vendor is not None,
    }
    return [say(f"open_{about}") for about, is_known in known.items() if not is_known]
