"""A configuration for a mosquitto of the operator's: TLS with the hub's word, passwords, and rights for each probe."""

import shutil
from pathlib import Path

from hub.broker.tls import certificate
from hub.errors import StoreError
from hub.keys import HubKeys
from hub.store.passwords import hash_password
from hub.store.registry import Registry
from probe.contract import topics
from probe.contract.parcel import MAX_PARCEL_BYTES

SPARE = 50
_FILES = ("mosquitto.conf", "passwords", "rights", "broker.crt", "broker.key")
_RIGHTS = f"""\
# Who may do what. A probe's user name is its mailbox, so that these lines hold for all of them.
user {topics.HUB_USER}
topic readwrite {topics.ROOT}/#

user {topics.PAIR_USER}
topic write {topics.ROOT}/pair/+/up
topic read {topics.ROOT}/pair/+/down

pattern write {topics.ROOT}/%u/up
pattern read {topics.ROOT}/%u/down
pattern read {topics.ROOT}/%u/home
"""


def write_config(folder: Path, keys: HubKeys, registry: Registry, *, bind: str, port: int, spare: int) -> list[Path]:
    """Write the files that a mosquitto 2 needs into a folder; returns them. Raises StoreError.

    `spare` accounts are made in advance, so that as many probes can be enrolled before the files have to be written
    and brought over again.
    """
    registry.make_spare(spare)
    cert, key = certificate(keys)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mosquitto.conf").write_text(_config(folder.absolute(), bind, port))
        (folder / "rights").write_text(_RIGHTS)
        _write_secret(folder / "passwords", _passwords(registry))
        shutil.copyfile(cert, folder / "broker.crt")
        _write_secret(folder / "broker.key", key.read_text())
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be written ({problem.strerror}); name another folder") from problem
    return [folder / name for name in _FILES]


def _config(folder: Path, bind: str, port: int) -> str:
    return f"""\
# Written by `contrechamp-hub broker-config mosquitto`. Needs mosquitto 2.
# Where the files lie elsewhere on the broker's machine, change the paths; mosquitto's user must be able to read them.
listener {port} {bind}
certfile {folder / "broker.crt"}
keyfile {folder / "broker.key"}
tls_version tlsv1.2

allow_anonymous false
password_file {folder / "passwords"}
acl_file {folder / "rights"}

# Nothing has to survive here: what has no receipt of the hub, the probes send again.
persistence false
message_size_limit {MAX_PARCEL_BYTES + 1024}
max_packet_size {MAX_PARCEL_BYTES + 1024}
max_inflight_messages 64
max_queued_messages 4000
max_keepalive 600
log_type error
"""


def _passwords(registry: Registry) -> str:
    accounts = [(account.mailbox, account.password_hash) for account in registry.accounts()]
    accounts += [
        (topics.HUB_USER, hash_password(registry.hub_password())),
        (topics.PAIR_USER, hash_password(topics.PAIR_PASSWORD)),
    ]
    return "".join(f"{user}:{hashed}\n" for user, hashed in accounts)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
