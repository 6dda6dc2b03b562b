"""An operator who knows the truth, at the desk in a browser, and how long a person would have taken.

The keystroke-level model (Card, Moran and Newell): K a key, M to make up one's mind, H from keys to mouse and back, P
to point. R, the hub's answer, is measured. Reading is stated by us: it is no part of that model.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any, Protocol

from hub.publish.view import CameraDetail
from hub.review.known import by_radio_alone
from tests.browser import WAIT_MS, Watched
from tests.hub.review.evening import Evening, Thing

K_S, M_S, H_S, P_S = 0.28, 1.35, 0.4, 1.1
READING_S, READING_EACH_S = 5.0, 1.5  # a question; each camera of several
SHOWN = """() => {
  const screen = document.getElementById("screen");
  return {
    key: screen.dataset.question, asked: screen.dataset.asked ?? "",
    cameras: [...screen.querySelectorAll("#answers [name=camera]")].map((one) => one.value),
    others: [...screen.querySelectorAll("#answers [name=other]")].map((one) => one.value),
    sightings: [...screen.querySelectorAll("#answers [name=sighting]")].map((one) => one.value),
    together: [...screen.querySelectorAll("#as-is [name=sighting]")].map((one) => one.value),
    homes: [...screen.querySelectorAll("#as-is [name=camera]")].map((one) => one.value),
  };
}"""


class Asks(Protocol):
    """What the operator looks the truth up by."""

    def camera(self, camera_id: str) -> CameraDetail | None: ...


@dataclass
class Counted:
    """What an evening took: the keys of each question, the seconds of our model, and what the hub took of them."""

    keys: list[int] = field(default_factory=list)
    model_s: float = 0.0
    answers_s: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    passed_over: int = 0  # of these, what was put off, as no answer was there

    def note(self, asked: str, cameras: int, keys: int, taps: int, answer_s: float) -> None:
        """A question was answered."""
        self.asked[asked] += 1
        self.keys.append(keys + taps)
        self.answers_s.append(answer_s)
        reading = READING_S + (READING_EACH_S * cameras if cameras > 1 else 0.0)
        self.model_s += reading + M_S + K_S * keys + (taps * P_S + 2 * H_S if taps else 0.0) + answer_s

    def told(self) -> str:
        """The figures in a line."""
        slowest = max(self.answers_s) * 1000
        return (
            f"{len(self.keys)} questions {dict(self.asked)}, {sum(self.keys)} keystrokes, "
            f"median {median(self.keys):g}, at most {max(self.keys)}; {self.model_s / 60:.1f} minutes by the model; "
            f"the hub's answer {median(self.answers_s) * 1000:.0f} ms, at most {slowest:.0f} ms"
        )


@dataclass
class Operator:
    """Answers what the page asks, as the truth is."""

    watched: Watched
    desk: Asks
    evening: Evening
    counted: Counted = field(default_factory=Counted)
    touch: bool = False
    with_others: bool = False  # somebody else answers as well
    overtaken: bool = False

    def answer_all(self, most: int = 200) -> None:
        """Until nothing is asked any more, or so many questions were answered."""
        for _ in range(most):
            if not self.answer_one():
                return

    def answer_one(self) -> bool:
        """Answer the question that is shown; returns whether there was one."""
        shown = self.watched.page.evaluate(SHOWN)
        if not shown["key"]:
            return False
        cameras = list(shown["cameras"])
        wrong = self.wrong_ones(shown)
        took_out = self.take_out(wrong)
        action = "follow_up" if shown["asked"] == "all-look" else "confirm"
        if shown["asked"] == "all-same":
            if len(wrong) == len(shown["sightings"]):
                action = "skip"  # none of them, which is no answer: they come one by one
        elif shown["sightings"]:
            action = self.of_unsure(shown)
        elif len(cameras) == 1:
            action = self.of_one(shown["asked"], cameras[0], shown["others"])
        began_s = perf_counter()
        taps = self.press(action, len(cameras))
        if self.overtaken:
            assert self.with_others, "nobody else is there"
            # A refusal is an error to the browser's console, and meant here
            self.watched.complaints[:] = [one for one in self.watched.complaints if "status of 400" not in one]
            self.press("skip", 1)
            return True
        self.counted.passed_over += action == "skip"
        self.counted.note(
            shown["asked"], len(cameras), took_out[0] + (not self.touch), took_out[1] + taps, perf_counter() - began_s
        )
        return True

    def wrong_ones(self, shown: dict[str, Any]) -> list[int]:
        """Of several, those that are no cameras, or not where they belong: their numbers, from 1."""
        if shown["asked"] == "all-same":
            cameras, unsure = shown["cameras"], shown["sightings"]
            return [number for number, one in enumerate(unsure, 1) if not self.is_right(one, cameras, unsure)]
        if shown["asked"] != "all":
            return []
        things = enumerate(map(self.truth, shown["cameras"]), 1)
        return [number for number, thing in things if thing.lamp or thing.private]

    def take_out(self, wrong: Sequence[int]) -> tuple[int, int]:
        """Some of several; returns how many keys and taps that took."""
        keys = taps = 0
        for number in wrong:
            if number < 10 and not self.touch:
                self.watched.page.keyboard.press(str(number))
                keys += 1
            else:
                self.watched.page.locator(".chosen li label").nth(number - 1).click()
                taps += 1
        return keys, taps

    def of_one(self, asked: str, camera_id: str, others: Sequence[str]) -> str:
        """What is right of one camera, as the name of the key's action."""
        thing = self.truth(camera_id)
        if thing.lamp:
            return "reject"
        if thing.private:
            return "private"
        detail = self.desk.camera(camera_id)
        for letter, other in zip("abc", others, strict=False):
            if self.truth(other).name == thing.name:
                return f"same_{letter}"
        assert detail is not None
        if by_radio_alone(detail):
            return "follow_up"
        return "new" if asked == "same" else "confirm"

    def of_unsure(self, shown: dict[str, Any]) -> str:
        """Which camera is right of sightings that may be of several, as the name of the key's action."""
        together, unsure = shown["together"], [*shown["sightings"], *shown["together"]]
        if together and all(self.is_right(one, shown["homes"], unsure) for one in together):
            return "confirm"
        thing = self.evening.thing_of[shown["sightings"][0]]
        if thing.lamp:
            return "reject"
        if thing.private:
            return "private"
        for letter, other in zip("abc", shown["others"], strict=False):
            if self.truth(other, unsure).name == thing.name:
                return f"same_{letter}"
        return "new"

    def is_right(self, sighting: str, homes: Sequence[str], unsure: Sequence[str]) -> bool:
        """Whether the map has a sighting where it belongs."""
        thing = self.evening.thing_of[sighting]
        for home in homes:
            detail = self.desk.camera(home)
            if detail is not None and sighting in detail.sighting_ids and len(detail.sighting_ids) > 1:
                return not (thing.lamp or thing.private) and self.truth(home, unsure).name == thing.name
        return False

    def truth(self, camera_id: str, but: Sequence[str] = ()) -> Thing:
        """What most of a camera's sightings are of, but for some, where it has others."""
        detail = self.desk.camera(camera_id)
        assert detail is not None, camera_id
        rest = [one for one in detail.sighting_ids if one not in but] or detail.sighting_ids
        found = Counter(self.evening.thing_of[one].name for one in rest)
        name = found.most_common(1)[0][0]
        return next(thing for thing in self.evening.things if thing.name == name)

    def press(self, action: str, cameras: int) -> int:
        """Answer by key, or by a tap; returns how many taps that took."""
        page = self.watched.page
        before = int(page.evaluate("Number(document.documentElement.dataset.answered ?? 0)"))
        button = page.locator(f"[data-does={action}]").first
        if self.touch:
            button.tap()
        elif button.get_attribute("data-primary") is not None:
            page.keyboard.press("Enter")
        else:
            page.keyboard.press(button.locator("kbd[data-key]").inner_text().lower())
        page.wait_for_function(
            "before => Number(document.documentElement.dataset.answered ?? 0) > before", arg=before, timeout=WAIT_MS
        )
        problem = page.get_attribute("#screen", "data-problem")
        # Somebody else has answered it meanwhile: nothing is lost, and the next one is asked
        self.overtaken = problem is not None and "settled meanwhile" in page.inner_text("#screen")
        assert problem is None or self.overtaken, (action, cameras, page.inner_text("#screen"))
        return int(self.touch)
