"""Draws the live view with rich: sources and their health, what was recognised and why, a meter when locked on."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from probe.listen.state import CameraLine, SourceLine, Watcher
from probe.listen.words import WORDS
from probe.radio.channels import channel_label

_LOUD_DBM, _FAINT_DBM = -30, -95
_COLOURS = {"listening": "green", "starting": "yellow", "lost": "red", "refused": "red"}


def draw(watcher: Watcher, now_s: float, *, language: str, recorded: bool, sightings: int) -> RenderableType:
    """The whole view at one moment. Every text in it is plain: nothing from the air is read as markup."""
    words = WORDS[language]
    cameras = watcher.cameras(now_s)
    counts = watcher.walk.sweep.counts
    # The frames that the sources passed over by themselves came from other devices as well.
    passed_over = sum(s.counts.frames - s.counts.passed_on - s.counts.skipped for s in watcher.walk.sources)
    summary = words["counts"].format(
        forgotten=_formatted(counts.forgotten + max(0, passed_over), words),
        moving=_formatted(counts.moving, words),
        sightings=_formatted(sightings, words),
    )
    parts: list[RenderableType] = [
        _title(watcher, now_s, words, recorded=recorded),
        _sources(watcher.sources(now_s), words),
        _cameras(cameras, watcher, words),
    ]
    locked = next((line for line in cameras if line.key == watcher.locked), None)
    if locked is not None:
        parts.append(_meter(locked, watcher.trend(locked, now_s), words, recorded=recorded))
    parts += [Text(summary, style="dim"), Text(words["keys"], style="dim")]
    return Group(*parts)


def _title(watcher: Watcher, now_s: float, words: dict[str, str], *, recorded: bool) -> Text:
    fix = watcher.fix(now_s)
    where = words["no_fix"] if fix is None else words["fix"].format(metres=fix[0], age=fix[1])
    title = Text(words["title"], style="bold")
    title.append(f"   {words['replay'] if recorded else words['passive']}   {where}", style="not bold dim")
    return title


def _sources(lines: Sequence[SourceLine], words: dict[str, str]) -> Table:
    table = Table(expand=True, box=None, header_style="bold", pad_edge=False)
    for name in ("source", "kind", "health", "channel", "rate", "frames", "share", "lost", "malformed"):
        table.add_column(words[name], justify="left" if name in ("source", "kind", "health") else "right", no_wrap=True)
    for line in lines:
        health = Text(words.get(line.health, words.get(line.health.upper(), line.health)))
        health.stylize(_COLOURS.get(line.health, ""))
        table.add_row(
            Text(line.name, overflow="ellipsis"),
            Text(line.kind),
            health,
            Text(channel_label(line.mhz)),
            Text(_formatted(line.rate, words, decimals=0 if line.rate >= 10 else 1)),
            Text(_formatted(line.frames, words)),
            Text(words["percent"].format(share=100 * line.share)),
            Text(_formatted(line.lost, words), style="red" if line.lost else ""),
            Text(_formatted(line.malformed, words)),
        )
        if line.trouble:
            table.add_row(Text(f"  {line.trouble}", style="red"))
    return table


def _formatted(value: float, words: dict[str, str], *, decimals: int = 0) -> str:
    """A number as the language writes it."""
    plain = f"{value:,.{decimals}f}"
    return plain.translate({ord(","): words["thousands"], ord("."): words["decimal"]})


def _cameras(lines: Sequence[CameraLine], watcher: Watcher, words: dict[str, str]) -> RenderableType:
    if not lines:
        return Text(f"\n{words['nothing']}\n", style="dim")
    table = Table(expand=True, box=None, header_style="bold", pad_edge=False)
    for name in ("recognised", "why", "confirmed", "channel", "signal", "ago"):
        table.add_column(words[name], no_wrap=True, justify="right" if name in ("channel", "ago") else "left")
    watcher.selected = max(0, min(watcher.selected, len(lines) - 1))
    for place, line in enumerate(lines[:12]):
        mark = "● " if line.key == watcher.locked else "> " if place == watcher.selected else "  "
        table.add_row(
            Text(mark + line.name, overflow="ellipsis"),
            Text(f"{line.rule}: {line.why}", overflow="ellipsis"),
            Text(line.confirmed),
            Text(channel_label(line.mhz)),
            bar(line.signal_dbm, 12),
            Text(words["seconds"].format(seconds=line.ago_s)),
        )
    return table


def _meter(line: CameraLine, trend: str, words: dict[str, str], *, recorded: bool) -> Panel:
    trend_text = words["gone"].format(seconds=line.ago_s) if line.ago_s > 6.0 else words[trend]
    note = "" if recorded else words["held"]
    content = Group(bar(line.signal_dbm, 60), Text(trend_text, style="bold"), Text(note, style="dim"))
    return Panel(content, title=Text(words["meter"].format(name=line.name)), expand=True)


def bar(signal_dbm: int | None, width: int) -> Text:
    """A level as a bar from cold to hot, with its number."""
    if signal_dbm is None:
        return Text("-")
    share = max(0.0, min(1.0, (signal_dbm - _FAINT_DBM) / (_LOUD_DBM - _FAINT_DBM)))
    filled = round(share * width)
    colour = "red" if share > 0.7 else "yellow" if share > 0.4 else "blue"
    text = Text("█" * filled, style=colour)
    text.append("·" * (width - filled), style="dim")
    text.append(f" {signal_dbm} dBm", style="not dim")
    return text
