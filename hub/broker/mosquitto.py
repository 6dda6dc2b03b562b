"""A configuration for an operator's own mosquitto: TLS with the hub's attestation, passwords, rights for each probe.

Started as root, mosquitto becomes the user `mosquitto` before it reads passwords, rights and key. So what root writes
here belongs to that user, in a folder that it can enter.
"""

import os
import pwd
from pathlib import Path

from hub.broker.tls import certificate
from hub.errors import BadInput, StoreError
from hub.keys import HubKeys
from hub.store.passwords import hash_password
from hub.store.registry import Registry
from probe.contract import topics
from probe.contract.parcel import MAX_PARCEL_BYTES

USER = "mosquitto"
# From 2.1 on, plugins that come with mosquitto check passwords and rights; 3.0 drops the options of 2.0.
_PLUGINS = ("mosquitto_password_file.so", "mosquitto_acl_file.so")
_PLUGIN_FOLDERS = ("/usr/lib", "/usr/lib/*-linux-gnu*", "/usr/lib64", "/usr/local/lib", "/usr/local/lib/*-linux-gnu*")
_FILES = ("mosquitto.conf", "passwords", "rights", "broker.crt", "broker.key")
_RIGHTS = f"""\
# Who may do what. A probe's user name is its mailbox, so that these lines hold for all of them.
user {topics.HUB_USER}
topic readwrite {topics.ROOT}/#

user {topics.PAIR_USER}
topic write {topics.ROOT}/pair/+/up
topic read {topics.ROOT}/pair/+/down
topic deny {topics.up(topics.PAIR_USER)}
topic deny {topics.down(topics.PAIR_USER)}
topic deny {topics.home(topics.PAIR_USER)}

pattern write {topics.ROOT}/%u/up
pattern read {topics.ROOT}/%u/down
pattern read {topics.ROOT}/%u/home
"""


def write_config(
    folder: Path, keys: HubKeys, registry: Registry, *, bind: str, port: int, spare: int, plugins: Path | None = None
) -> list[Path]:
    """Write the files that a mosquitto 2 needs into a folder; returns them. Raises BadInput, StoreError.

    `spare` accounts are made in advance, so that as many probes can be enrolled before the files have to be written
    and brought over again. `plugins` is where mosquitto's own plugins lie; None writes for a mosquitto 2.0.
    """
    owner = _owner()
    folder = folder.absolute()
    if owner is not None:
        _require_enterable(folder, owner)
    registry.make_spare(spare)
    cert, key = certificate(keys)
    contents = (config(folder, bind, port, plugins), _passwords(registry), _RIGHTS, cert.read_text(), key.read_text())
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            _set_owner(folder, owner)
            if owner is not None:
                _require_enterable(folder, owner)  # the folders above it were made by our own umask
        for name, text in zip(_FILES, contents, strict=True):
            _write_secret(folder / name, text, owner)
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be written ({problem.strerror}); name another folder") from problem
    return [folder / name for name in _FILES]


def plugin_folder() -> Path | None:
    """Where the plugins of this machine's mosquitto lie; None where it has none (2.0) or there is no mosquitto."""
    for pattern in _PLUGIN_FOLDERS:
        for folder in sorted(Path("/").glob(pattern.removeprefix("/"))):
            if all((folder / name).is_file() for name in _PLUGINS):
                return folder
    return None


def config(folder: Path, bind: str, port: int, plugins: Path | None) -> str:
    """The text of mosquitto.conf, for files in a folder."""
    passwords, rights = folder / "passwords", folder / "rights"
    if plugins is None:
        checks = f"password_file {passwords}\nacl_file {rights}"
    else:
        checks = (
            f"global_plugin {plugins / _PLUGINS[0]}\nplugin_opt_password_file {passwords}\n"
            f"global_plugin {plugins / _PLUGINS[1]}\nplugin_opt_acl_file {rights}"
        )
    return f"""\
# Written by `contrechamp-hub broker-config mosquitto`, for mosquitto {"2.0" if plugins is None else "2.1 or newer"}.
# Where the files lie elsewhere on the broker's machine, change the paths; all but this one must belong to the user that
# mosquitto runs as (`chown mosquitto: FILE`) and be closed to others (`chmod 600 FILE`).
listener {port} {bind}
# A session belongs to its account, whatever client id it names: nobody takes another's place, and none leaves more than
# one behind.
use_username_as_clientid true
certfile {folder / "broker.crt"}
keyfile {folder / "broker.key"}
tls_version tlsv1.2

allow_anonymous false
{checks}

# Mosquitto has no right to retain: either all have it or nobody. The hub needs it for nothing.
retain_available false

# Nothing has to survive here: what has no receipt of the hub, the probes send again.
persistence false
set_tcp_nodelay true
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


def _owner() -> pwd.struct_passwd | None:
    """The user that a mosquitto started by root becomes; None where we are not root, or without such a user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        return None


def _require_enterable(folder: Path, owner: pwd.struct_passwd) -> None:
    """Raises BadInput where the owner cannot enter the folder or one above it; StoreError where we cannot."""
    groups = os.getgrouplist(owner.pw_name, owner.pw_gid)
    for path in (*reversed(folder.parents), folder):
        try:
            state = path.stat()
        except FileNotFoundError:
            return  # made by us, and given to the owner
        except OSError as problem:
            raise StoreError(f"{path}: cannot be entered ({problem.strerror}); name another folder") from problem
        entry = 0o100 if state.st_uid == owner.pw_uid else 0o010 if state.st_gid in groups else 0o001
        if not state.st_mode & entry:
            raise BadInput(
                f"mosquitto started by root runs as the user {owner.pw_name}, who cannot enter {path}; "
                "name another folder, such as --to /etc/mosquitto/contrechamp"
            )


def _write_secret(path: Path, text: str, owner: pwd.struct_passwd | None) -> None:
    path.unlink(missing_ok=True)  # a new file: the old one may be open to others, or a link
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    _set_owner(path, owner)


def _set_owner(path: Path, owner: pwd.struct_passwd | None) -> None:
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid)
