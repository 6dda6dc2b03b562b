"""The command that runs a hub, and the one that prepares a broker for it."""

import ipaddress
import json
import re
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.options import data_option, json_option
from hub.config import HOST, MQTT_PORT, MQTTS_PORT, PORT, SPARE_ACCOUNTS
from hub.errors import BadInput

if TYPE_CHECKING:
    from hub.service import RunningHub

MAX_CONTACT = 200
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|[0-9A-Fa-f:]+")
TCP_PORT = click.IntRange(0, 65535)


@click.command()
@data_option
@click.option(
    "--broker",
    help="An MQTT broker of your own: mqtt://HOST:PORT. Default: one is started here, beyond loopback a mosquitto.",
)
@click.option(
    "--host", default=HOST, show_default=True, help="Where page and broker listen; loopback unless you say so."
)
@click.option("--port", type=TCP_PORT, default=PORT, show_default=True, help="The page's port; 0 takes a free one.")
@click.option(
    "--mqtt-port",
    type=TCP_PORT,
    help=f"The started broker's port; 0 takes a free one. Default: {MQTT_PORT}, with TLS {MQTTS_PORT}.",
)
@click.option(
    "--announce",
    multiple=True,
    metavar="ADDRESS",
    help="Let probes find the hub in the network where this machine has this address. Repeatable.",
)
@click.option(
    "--proxy",
    multiple=True,
    metavar="ADDRESS",
    help="Believe the proxy that asks for the page from this address. It must keep the name that was asked for, and "
    "add X-Forwarded-For and X-Forwarded-Proto. Repeatable.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name under which people open the page, such as hub.example: behind a proxy, or with --cert. Repeatable.",
)
@click.option(
    "--cert", type=click.Path(path_type=Path), help="A certificate for the page, with its chain (PEM). Default: own."
)
@click.option("--key", type=click.Path(path_type=Path), help="The key of --cert (PEM).")
@click.option(
    "--contact",
    help="How people who are on a picture reach you, for the page that tells them: an address, a telephone number.",
)
@click.option("--tiles", help="A raster tile server for the map: https://HOST/{z}/{x}/{y}.png. Default: no internet.")
@json_option
def serve(
    data: Path,
    broker: str | None,
    host: str,
    port: int,
    mqtt_port: int | None,
    announce: tuple[str, ...],
    proxy: tuple[str, ...],
    names: tuple[str, ...],
    cert: Path | None,
    key: Path | None,
    contact: str | None,
    tiles: str | None,
    as_json: bool,
) -> None:
    """Take sightings in and show the map, until Ctrl-C. Makes the hub where there is none.

    With a --host that others reach the page is by HTTPS alone, and it runs a mosquitto: `apt install mosquitto`.

    As long as there is no admin, it prints a link that makes the first admin.

    \b
      contrechamp-hub serve
      contrechamp-hub serve --host 0.0.0.0 --announce 192.168.1.20
      contrechamp-hub serve --host 0.0.0.0 --cert hub.pem --key hub.key
      contrechamp-hub serve --proxy 127.0.0.1 --name hub.example
      contrechamp-hub serve --data ~/hub --broker mqtts://broker.example
    """
    from hub.service import RunningHub, Settings

    if not host.strip("[]"):
        raise BadInput("--host: an empty address would open the hub to everyone; write 0.0.0.0 if that is meant")
    _require_way(proxy, names, cert, key)
    if contact is not None and not (0 < len(contact.strip()) <= MAX_CONTACT and contact.isprintable()):
        raise BadInput(f"--contact: give one line of at most {MAX_CONTACT} letters, such as an e-mail address")
    settings = Settings(
        data=data,
        host=host.removeprefix("[").removesuffix("]"),  # an IPv6 address as it stands in a URL
        port=port,
        mqtt_port=mqtt_port,
        broker=broker,
        tiles_url=tiles,
        announce=announce,
        proxies=proxy,
        names=names,
        certificate=None if cert is None or key is None else (cert, key),
        contact=contact,
    )
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with RunningHub(settings) as running:
        if as_json:
            ready = {"ready": True, "url": running.url, "mqtt": running.mqtt_url, "data": str(settings.data)}
            ready |= {"welcome": running.welcome()}
            click.echo(json.dumps(ready | {"urls": [url for url, _ in running.urls]}))
        else:
            click.echo(f"{_where(running, settings.host)}\nProbes send to: {running.mqtt_url}\nCtrl-C ends it.")
        running.wait(stop)


def _require_way(proxy: tuple[str, ...], names: tuple[str, ...], cert: Path | None, key: Path | None) -> None:
    """Raises BadInput where people could not come in, or not safely."""
    for one in proxy:
        _require_address(one)
    for name in names:
        if not _HOST.fullmatch(name):
            raise BadInput(f"--name {name}: no name of a host; give one such as hub.example, without https:// and port")
    if proxy and not names:
        raise BadInput("--proxy needs --name: the name under which people open the page, such as hub.example")
    if (cert is None) != (key is None):
        raise BadInput("--cert and --key belong together: give both, or neither")


def _require_address(proxy: str) -> None:
    """Raises BadInput where `--proxy` names no address."""
    try:
        ipaddress.ip_address(proxy)
    except ValueError as problem:
        raise BadInput(
            f"--proxy {proxy}: not an address; give the one from which it asks, such as 127.0.0.1"
        ) from problem


def _where(running: "RunningHub", host: str) -> str:
    """Where the map can be opened, and by whom."""
    from hub.broker.reach import listens_everywhere

    if not listens_everywhere(host):
        lines = [f"The map: {running.url}"]
    else:
        others = [f"  for others, by {interface or 'the network'}: {url}" for url, interface in running.urls]
        lines = ["The map", f"  on this machine: {running.url}", *others]
    if running.certificate is not None and running.certificate.own:
        lines.append(
            "Browsers warn of the hub's own certificate. Its SHA-256 must be:\n  " + running.certificate.fingerprint
        )
    welcome = running.welcome()
    if welcome is not None:
        lines.append(f"There is no admin yet. This link makes the first admin, once, within 30 minutes:\n  {welcome}")
    return "\n".join(lines)


@click.command("broker-config")
@click.argument("kind", type=click.Choice(["mosquitto"]))
@click.option("--to", "target", type=click.Path(path_type=Path), help="The folder to write to. Default: in the hub's.")
@click.option("--bind", default="0.0.0.0", show_default=True, help="Where mosquitto listens.")
@click.option("--port", type=click.IntRange(1, 65535), default=MQTTS_PORT, show_default=True, help="Its port, by TLS.")
@click.option(
    "--spare",
    type=click.IntRange(min=0),
    default=SPARE_ACCOUNTS,
    show_default=True,
    help="Accounts for probes to come.",
)
@click.option(
    "--plugins",
    type=click.Path(path_type=Path),
    help="Where the plugins of a mosquitto 2.1 or newer lie, such as /usr/lib. Default: where this machine has them; "
    "without any, the options of mosquitto 2.0 are written.",
)
@data_option
@json_option
def broker_config(
    kind: str,
    target: Path | None,
    bind: str,
    port: int,
    spare: int,
    plugins: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Write a configuration for a broker of your own: TLS, passwords, and each probe's rights.

    \b
      contrechamp-hub broker-config mosquitto --to /etc/mosquitto/contrechamp
      mosquitto -c /etc/mosquitto/contrechamp/mosquitto.conf
      contrechamp-hub serve --broker mqtts://broker.example

    Run by root, the files belong to the user mosquitto, as which a mosquitto that root starts reads them.
    """
    from hub.broker.mosquitto import plugin_folder, write_config
    from hub.data import open_hub

    found = plugins or plugin_folder()
    with open_hub(data) as folder:
        files = write_config(
            target or data / kind, folder.keys, folder.registry, bind=bind, port=port, spare=spare, plugins=found
        )
    if as_json:
        click.echo(json.dumps({"files": [str(file) for file in files]}))
    else:
        click.echo("\n".join(str(file) for file in files))
        click.echo(f"\nmosquitto -c {files[0]}\nThen: contrechamp-hub serve --broker mqtts://ITS-ADDRESS:{port}")


COMMANDS: tuple[click.Command, ...] = (serve, broker_config)
