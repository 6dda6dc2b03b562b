"""Options that several commands share."""

from pathlib import Path

import click

outbox_option = click.option(
    "--outbox", type=click.Path(path_type=Path), help="The store of sightings that wait for a hub."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")
