"""The command about the hub's keys: how they stand, and the operator's word for the day."""

import json
from datetime import datetime
from pathlib import Path

import click

from hub.cli.options import confirm, data_option, json_option, yes_option


@click.command()
@click.option("--today-is", type=click.DateTime(["%Y-%m-%d"]), help="Your word for today's date, such as 2026-05-09.")
@yes_option
@data_option
@json_option
def keys(today_is: datetime | None, yes: bool, data: Path, as_json: bool) -> None:
    """Show the hub's sealing keys and the day by which they turn, or give your word for the day.

    A sealing key is in use for 60 days, opens for 90 days more, and is then destroyed; what is still sealed to it is
    lost to everybody. A machine's clock can leap by years, so a hub goes by what is certain: the time it has run since
    the last certain day, and the days of two probes that had the time from satellites or the network and agree. Its
    clock is believed up to seven days beyond that. A hub that was off for longer, or whose clock was wrong, needs two
    such probes or your word; until then it takes everything in as ever, and turns and destroys no key by its clock.

    Look at a calendar, not at this machine, before you give it. A day too early does no harm: say it again.

    \b
      contrechamp-hub keys
      contrechamp-hub keys --today-is 2026-05-09
    """
    from hub.data import open_hub

    with open_hub(data) as hub:
        told = hub.keys
        if today_is is not None:
            day = today_is.date()
            if lost := told.lost_by(day):
                confirm(f"If it is {day}, the time of {lost} sealing keys is over; destroy them for good", yes=yes)
            told.take_word(day)
        listed = [{"id": n, "since": str(since), "until": str(until)} for n, since, until in told.sealing_terms()]
        shown = {"day": str(told.day), "certain": str(told.certain_day), "doubt": told.doubt, "keys": listed}
    if as_json:
        click.echo(json.dumps(shown))
        return
    click.echo(f"The hub goes by {shown['day']}; it is {shown['certain']} or later for certain.")
    for one in listed:
        click.echo(f"{one['id']}  in use since {one['since']}, opens until {one['until']}")
    if shown["doubt"] is not None:
        click.echo(shown["doubt"])


COMMANDS: tuple[click.Command, ...] = (keys,)
