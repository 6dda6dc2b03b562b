"""`python -m hardware.site --lang en --out build/site`: one language of the pages, to look at while writing them."""

import sys
from pathlib import Path

import click

from hardware.site.make import PagesWrong, site
from hardware.site.pagelist import LANGUAGES


@click.command()
@click.option("--lang", type=click.Choice(LANGUAGES), required=True, help="Which language.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder; a folder per language in it.")
@click.option("--kit", type=click.Path(path_type=Path), default=Path("build/kit"), help="What the build has made.")
@click.option("--strict", is_flag=True, help="What is missing or wrong is an error.")
def main(lang: str, out: Path, kit: Path, strict: bool) -> None:
    """Build the pages of one language."""
    try:
        wrong = site(lang, out / lang, kit=kit.resolve(), strict=strict)
    except PagesWrong as problem:
        sys.exit(str(problem))
    click.echo("\n".join([*wrong, f"{out / lang / 'index.html'}, {len(wrong)} faults"]))


if __name__ == "__main__":
    main()
