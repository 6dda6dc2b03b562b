"""The command that says why a frame is, or is not, a camera."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from probe.cli.options import json_option
from probe.cli.process import forbid_core_dumps
from probe.cli.say import plain, say
from probe.detect.reasons import Reasons, claims
from probe.radio.channels import band_of, channel_label
from probe.radio.dissection import EXTRA, dissector
from probe.walk.explained import MOST, ExplainCounts, Explained, explain

_MOVES = "What moves is forgotten as well; that shows on a walk only: `replay` with --track."


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path), metavar="FRAME-FILE")
@click.option("--frame", "number", type=click.IntRange(min=1), help="This packet alone, by its number in the file.")
@click.option("--all", "every", is_flag=True, help=f"Every frame that says who sends it, {MOST} at most.")
@json_option
def explain_command(file: Path, number: int | None, every: bool, as_json: bool) -> None:
    """Say why a frame is, or is not, a camera: rule by rule, with scapy's dissection beside it. For makers.

    Takes a capture (pcap, pcapng) or a radio board's recorded lines. Of each transmitter its first frame is explained,
    and its first one that a rule finds. This prints what is in your own file, on your own terminal: addresses and names
    of other people's devices too. Nothing is kept. Mind who reads along, and where you paste it.

    \b
      contrechamp-probe explain walk.pcap
      contrechamp-probe explain walk.pcap --frame 17
    """
    forbid_core_dumps()
    if number is not None and every:
        raise click.UsageError("give --frame or --all, not both")
    counts, dissect = ExplainCounts(), dissector()
    explained = explain(file, counts, number=number, every=every, dissect=dissect)
    if as_json:
        frames = [_as_dict(one) for one in explained]
        click.echo(json.dumps({"frames": frames, "counts": _counts(counts), "scapy": dissect is not None}))
    else:
        for one in explained:
            click.echo("\n".join(map(plain, _lines(one))) + "\n")
        click.echo(_MOVES)
        if dissect is None:
            click.echo(EXTRA)
        click.echo(f"{counts.packets} packets read, of which {counts.said} say who sends them")
    if counts.left_out:
        click.echo(f"{counts.left_out} more were left out; name one with --frame", err=True)
    if not counts.packets and counts.truncated_at is None:
        say(f"{file}: holds nothing that was heard; is it the right file?")
        sys.exit(2)
    if counts.truncated_at is not None:
        say(f"{file}: cut short at byte {counts.truncated_at}; what lies before it was read")
        sys.exit(2)


def _lines(one: Explained) -> Iterator[str]:
    heard, reasons = one.heard, one.reasons
    yield _title(one)
    if heard.remark is not None:
        yield f"  {heard.remark}"
    if reasons is not None:
        yield from (f"  {line}" for line in _verdict(reasons))
        for answer in reasons.answers:
            yield f"  {answer.rule} (version {answer.version}): {'yes' if answer.finding else 'no'}; {answer.why}"
            yield from (f"    {look}" for look in answer.looks)
    if one.dissection:
        yield "  scapy:"
        yield from (f"    {line}" for line in one.dissection)


def _title(one: Explained) -> str:
    event = one.heard.event
    told = [f"packet {one.heard.number}: {one.what}"]
    if one.transmitter is not None:
        told.append(f"from {one.transmitter}")
    if one.name is not None:
        told.append(f'name "{one.name}"' if one.name else "name hidden")
    if event is not None and event.channel_mhz is not None:
        told.append(f"channel {channel_label(event.channel_mhz)}, {band_of(event.channel_mhz)}")
    if event is not None and event.signal_dbm is not None:
        told.append(f"{event.signal_dbm} dBm")
    told.append(_time(one.heard.at_s) or "time unknown")
    return ", ".join(told)


def _verdict(reasons: Reasons) -> Iterator[str]:
    if reasons.finding is not None:
        yield f"A CAMERA, by {reasons.finding.rule}: {', '.join(claims(reasons.finding))}"
    elif reasons.forgotten is not None:
        yield f"FORGOTTEN, although a rule finds it: {reasons.forgotten}"
    else:
        yield "NO CAMERA: no rule finds it, so it is forgotten"
    if reasons.held_back is not None:
        what = "holds it back, so no rule is asked" if reasons.held_back else "lets it pass to the rules"
        yield f"the first look at its octets {what}" + ("" if reasons.agree else "; THAT IS A FAULT: please report it")


def _as_dict(one: Explained) -> dict[str, Any]:
    event, reasons = one.heard.event, one.reasons
    told: dict[str, Any] = {
        "number": one.heard.number,
        "time": _time(one.heard.at_s),
        "what": one.what,
        "transmitter": one.transmitter,
        "name": one.name,
        "channel_mhz": None if event is None else event.channel_mhz,
        "signal_dbm": None if event is None else event.signal_dbm,
        "remark": one.heard.remark,
        "camera": reasons is not None and reasons.finding is not None,
        "dissection": list(one.dissection),
    }
    if reasons is not None:
        told |= {
            "rule": None if reasons.finding is None else reasons.finding.rule,
            "claims": [] if reasons.finding is None else list(claims(reasons.finding)),
            "forgotten": reasons.forgotten,
            "held_back": reasons.held_back,
            "agree": reasons.agree,
            "rules": [
                {
                    "rule": answer.rule,
                    "version": answer.version,
                    "finds": answer.finding is not None,
                    "why": answer.why,
                    "looked_at": [{"at": look.at, "saw": look.saw, "catalogue": look.asked} for look in answer.looks],
                }
                for answer in reasons.answers
            ],
        }
    return told


def _counts(counts: ExplainCounts) -> dict[str, int | None]:
    return {
        "packets": counts.packets,
        "say_who": counts.said,
        "left_out": counts.left_out,
        "truncated_at": counts.truncated_at,
    }


def _time(at_s: float | None) -> str | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
