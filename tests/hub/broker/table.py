"""Who may do what at a broker, path by path: `test_rights.py` tries each cell, and docs/broker.md is made from it."""

from dataclasses import dataclass
from enum import StrEnum

from probe.contract import topics


class Account(StrEnum):
    """Who comes. The first four get in; the last is the one whom they are after."""

    HUB = "the hub"
    PROBE = "a probe"
    SPARE = "a spare account"
    PAIRING = "pairing"
    REVOKED = "a revoked probe"
    WRONG = "a wrong password"
    ANONYMOUS = "nobody"
    VICTIM = "another probe"


class Path(StrEnum):
    """A way by which something comes to a broker, or from it."""

    LOGIN = "login"
    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    RETAIN = "retain"
    WILL = "will"
    RESUME = "resume"
    TAKE_OVER = "take over"


HUB, PROBE, SPARE, PAIRING = Account.HUB, Account.PROBE, Account.SPARE, Account.PAIRING
INSIDERS = (HUB, PROBE, SPARE, PAIRING)
OWN, OTHERS, RENDEZVOUS = "<own>", "<other>", "<rendezvous>"


@dataclass(frozen=True, slots=True)
class Row:
    """A path to a topic or a filter, and who may go it. `mosquitto` is set where it cannot be told to be as strict as
    the embedded broker."""

    path: Path
    topic: str
    may: tuple[Account, ...] = ()
    mosquitto: tuple[Account, ...] | None = None


_PROBES = (PROBE, SPARE)
ROWS = (
    Row(Path.LOGIN, "", INSIDERS),
    Row(Path.PUBLISH, topics.up(OWN), (HUB, *_PROBES)),
    Row(Path.PUBLISH, topics.down(OWN), (HUB,)),
    Row(Path.PUBLISH, topics.home(OWN), (HUB,)),
    Row(Path.PUBLISH, topics.up(OTHERS), (HUB,)),
    Row(Path.PUBLISH, topics.down(OTHERS), (HUB,)),
    Row(Path.PUBLISH, topics.home(OTHERS), (HUB,)),
    Row(Path.PUBLISH, topics.pair_up(RENDEZVOUS), (HUB, PAIRING)),
    Row(Path.PUBLISH, topics.pair_down(RENDEZVOUS), (HUB,)),
    Row(Path.PUBLISH, f"{topics.ROOT}/else", (HUB,)),
    Row(Path.SUBSCRIBE, topics.down(OWN), (HUB, *_PROBES)),
    Row(Path.SUBSCRIBE, topics.home(OWN), (HUB, *_PROBES)),
    Row(Path.SUBSCRIBE, topics.up(OWN), (HUB,)),
    Row(Path.SUBSCRIBE, topics.down(OTHERS), (HUB,)),
    Row(Path.SUBSCRIBE, topics.home(OTHERS), (HUB,)),
    Row(Path.SUBSCRIBE, topics.up(OTHERS), (HUB,)),
    Row(Path.SUBSCRIBE, topics.pair_up(RENDEZVOUS), (HUB,)),
    Row(Path.SUBSCRIBE, topics.pair_down(RENDEZVOUS), (HUB, PAIRING)),
    Row(Path.SUBSCRIBE, topics.EVERYTHING, (HUB,)),
    Row(Path.SUBSCRIBE, f"{topics.ROOT}/+/down", (HUB,)),
    Row(Path.SUBSCRIBE, f"{topics.ROOT}/pair/#", (HUB,)),
    Row(Path.RETAIN, topics.up(OWN)),
    Row(Path.RETAIN, topics.home(OTHERS)),
    Row(Path.RETAIN, topics.pair_up(RENDEZVOUS)),
    Row(Path.WILL, topics.up(OWN), (), _PROBES),
    Row(Path.WILL, topics.home(OTHERS), (), (HUB,)),
    Row(Path.WILL, topics.pair_up(RENDEZVOUS), (), (PAIRING,)),
    Row(Path.WILL, topics.pair_down(RENDEZVOUS), (), (HUB,)),
    Row(Path.RESUME, topics.down(OWN), (), (HUB, *_PROBES)),
    Row(Path.RESUME, topics.down(OTHERS), (), (HUB,)),
    Row(Path.TAKE_OVER, topics.down(OTHERS)),
)

SAYS = {
    Path.LOGIN: "It gets in.",
    Path.PUBLISH: "What it writes to this topic goes to those who have subscribed to it.",
    Path.SUBSCRIBE: "It hears what is written to such a topic.",
    Path.RETAIN: "What it writes with the mark RETAIN is kept for those who come later. Whoever tries is cut off.",
    Path.WILL: """\
What it leaves for the case that its connection breaks is written to this topic. The embedded broker lets nobody in who
leaves a will. Mosquitto cannot be told so: a will there is one more message, which its account might have written.""",
    Path.RESUME: """\
It comes back to a session, and hears what was written to this topic meanwhile. The embedded broker keeps none.
Mosquitto cannot be told so: it keeps one for each account, with that account's rights.""",
    Path.TAKE_OVER: "By another's client id it ends that one's session, or hears what was for it.",
}
_START = """\
# Rights at the broker

Everything is denied but what stands here. Each cell is tried, on the embedded broker and on mosquitto with the
configuration that the hub writes: `tests/hub/broker/test_rights.py`. This page is made from its table: `make picture`
writes it again.

A probe's user name is its mailbox (`<own>`; `<other>` is another's). A spare account is one made in advance, which no
probe has yet; the sixteen accounts for pairing are open to everybody. A revoked probe, a wrong password and no
password get in nowhere. A session belongs to its account, whatever client id it names: each account has one, and who
logs in again takes its own place.
"""


def page() -> str:
    """docs/broker.md as it should be."""
    lines = [_START]
    for path, says in SAYS.items():
        lines += [f"## {path.capitalize()}", "", says, ""]
        lines += ["| topic | " + " | ".join(INSIDERS) + " |", "|---|" + "---|" * len(INSIDERS)]
        for row in ROWS:
            if row.path is path:
                cells = " | ".join(_cell(row, account) for account in INSIDERS)
                lines.append(f"| {f'`{row.topic}`' if row.topic else 'any'} | {cells} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _cell(row: Row, account: Account) -> str:
    if account in row.may:
        return "yes"
    return "mosquitto" if row.mosquitto is not None and account in row.mosquitto else "no"
