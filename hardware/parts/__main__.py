"""Prints a kit's bill and power table: `python -m hardware.parts scout --lang fr`."""

import sys

import click

from hardware.parts import bill, power
from hardware.parts.load import load_kits
from hardware.parts.model import Language
from probe.errors import BadInput


@click.command()
@click.argument("kit")
@click.option("--lang", "language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--csv", "as_csv", is_flag=True, help="The bill as CSV.")
def main(kit: str, language: Language, as_csv: bool) -> None:
    """What KIT needs, costs, weighs and draws."""
    try:
        kits = load_kits()
        if kit not in kits:
            raise BadInput(f"there is no kit {kit}; there are {', '.join(kits)}")
        if as_csv:
            click.echo(bill.comma_separated(kit), nl=False)
        else:
            click.echo(bill.markdown(kit, language))
            click.echo(power.markdown(kit, language), nl=False)
    except BadInput as problem:
        click.echo(problem, err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
