"""What a mosquitto is told: TLS with the hub's attestation, passwords, rights for each probe, and limits.

The same text for an operator's own (`broker-config`) and for the one that a hub starts itself (`supervised.py`).
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
from probe.files.private import close_folder

USER = "mosquitto"
# From 2.1 on, plugins that come with mosquitto check passwords and rights; 3.0 drops the options of 2.0.
_PLUGINS = ("mosquitto_password_file.so", "mosquitto_acl_file.so")
_PLUGIN_FOLDERS = ("/usr/lib", "/usr/lib/*-linux-gnu*", "/usr/lib64", "/usr/local/lib", "/usr/local/lib/*-linux-gnu*")
# What strangers and thieves can cost: a mosquitto 2.0.11 stays below 100 MB under tests/siege/test_strangers.py. 9 MB
# are its own; OpenSSL takes 50 kB for each connection that only begins a handshake, which memory_limit does not count.
MAX_CONNECTIONS = 800
INNER_CONNECTIONS = 16
# 200 probes that come home at once with pictures of 512 KiB take 55 MB in all, without being refused anything. What is
# larger than max_packet_size is cut off at its head. What is queued beyond max_queued_bytes, because the hub is slow or
# away, is dropped, and its probe sends it again.
_LIMITS = f"""\
# Nothing has to survive here: what has no receipt of the hub, the probes send again.
persistence false
set_tcp_nodelay true
memory_limit {48 << 20}
max_packet_size {MAX_PARCEL_BYTES + 1024}
max_inflight_messages 64
max_inflight_bytes {8 << 20}
max_queued_messages 4000
max_queued_bytes {24 << 20}
max_keepalive 600
persistent_client_expiration 1h
sys_interval 0"""


def _pairing_rights(user: str) -> str:
    """What an account for pairing may do; the patterns for all accounts would give it topics of its own besides."""
    return f"""\
user {user}
topic write {topics.ROOT}/pair/+/up
topic read {topics.ROOT}/pair/+/down
topic deny {topics.up(user)}
topic deny {topics.down(user)}
topic deny {topics.home(user)}

"""


RIGHTS = f"""\
# Who may do what. A probe's user name is its mailbox, so that these lines hold for all of them.
user {topics.HUB_USER}
topic readwrite {topics.ROOT}/#

{"".join(map(_pairing_rights, topics.PAIR_USERS))}\
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
    owner = owner_of_files()
    folder = folder.absolute()
    if owner is not None:
        _require_enterable(folder, owner)
    registry.make_spare(spare)
    texts = {
        "mosquitto.conf": config(folder, bind, port, plugins),
        "passwords": passwords(registry, registry.hub_password()),
        "rights": RIGHTS,
        **certificate_files(keys),
    }
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            if owner is not None:
                os.chown(folder, owner.pw_uid, owner.pw_gid)
                _require_enterable(folder, owner)  # the folders above it were made by our own umask
        elif {path.name for path in folder.iterdir()} <= set(texts):  # nobody else's things are in it
            close_folder(folder)
        for name, text in texts.items():
            write_secret(folder / name, text, owner)
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be written ({problem.strerror}); name another folder") from problem
    return [folder / name for name in texts]


def plugin_folder() -> Path | None:
    """Where the plugins of this machine's mosquitto lie; None where it has none (2.0) or there is no mosquitto."""
    for pattern in _PLUGIN_FOLDERS:
        for folder in sorted(Path("/").glob(pattern.removeprefix("/"))):
            if all((folder / name).is_file() for name in _PLUGINS):
                return folder
    return None


def config(folder: Path, bind: str, port: int, plugins: Path | None) -> str:
    """The text of mosquitto.conf, for files in a folder. Raises BadInput for what would be more than one line."""
    if not all(text.isprintable() for text in (str(folder), bind, str(plugins))) or " " in bind:
        raise BadInput(f"{folder}, {bind}: mosquitto's configuration has no way to write that; name another")
    accounts, rights = folder / "passwords", folder / "rights"
    if plugins is None:
        checks = f"password_file {accounts}\nacl_file {rights}"
    else:
        checks = (
            f"global_plugin {plugins / _PLUGINS[0]}\nplugin_opt_password_file {accounts}\n"
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
max_connections {MAX_CONNECTIONS}

allow_anonymous false
{checks}

# Mosquitto has no right to retain: either all have it or nobody. The hub needs it for nothing.
retain_available false

{_LIMITS}
log_type error
"""


def own_config(folder: Path, bind: str, port: int, inner_port: int) -> str:
    """The same for a mosquitto of the hub's own, which has a port of loopback's for the hub itself."""
    alone = os.geteuid() == 0 and owner_of_files() is None  # in a name space whose only user is root: nobody to become
    return f"""\
{config(folder, bind, port, plugin_folder())}
# Who logs in is for the hub's doorkeeper alone: it goes into no log.
log_type warning
log_type notice
log_dest stderr
log_timestamp false
{"user root" if alone else ""}
listener {inner_port} 127.0.0.1
use_username_as_clientid true
max_connections {INNER_CONNECTIONS}
"""


def certificate_files(keys: HubKeys) -> dict[str, str]:
    """The broker's certificate and key, by the names of their files."""
    return {path.name: path.read_text() for path in certificate(keys)}


def passwords(registry: Registry, hub_password: str) -> str:
    """The text of the file of passwords, with the hub's own."""
    accounts = [(account.mailbox, account.password_hash) for account in registry.accounts()]
    known_to_all = hash_password(topics.PAIR_PASSWORD)
    accounts += [(topics.HUB_USER, hash_password(hub_password)), *((user, known_to_all) for user in topics.PAIR_USERS)]
    return "".join(f"{user}:{hashed}\n" for user, hashed in accounts)


def owner_of_files() -> pwd.struct_passwd | None:
    """The user that a mosquitto started by root becomes; None where we are not root, or there is no such user here."""
    if os.geteuid() != 0:
        return None
    try:
        owner = pwd.getpwnam(USER)
    except KeyError:
        return None
    return owner if _is_mapped(owner.pw_uid) else None


def is_root_of_all() -> bool:
    """Whether we are root, and not only of a name space in which nobody else exists."""
    return os.geteuid() == 0 and _is_mapped(1)


def _is_mapped(user: int) -> bool:
    """Whether a user exists for the kernel: who is root in a name space of their own may be its only user."""
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(first <= user < first + count for first, _, count in ranges)


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


def write_secret(path: Path, text: str, owner: pwd.struct_passwd | None) -> None:
    """Write a file that its owner alone can read; None is ourselves. Raises OSError."""
    path.unlink(missing_ok=True)  # a new file: the old one may be open to others, or a link
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        if owner is not None:
            os.fchown(file.fileno(), owner.pw_uid, owner.pw_gid)  # this very file, whatever has its name by now
