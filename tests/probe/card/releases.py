"""Small releases for tests: a probe that only knows its version, and pip as this environment has it."""

import hashlib
import platform
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from probe.card.release import Release, ReleaseWheel, Successor, pack_release

TAG = f"cp{sys.version_info.major}{sys.version_info.minor}"
KEY, NEXT_KEY, OTHER_KEY = (bytes([number]) * 32 for number in (1, 2, 3))


def public(key: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def probe_wheel(folder: Path, version: str, *, starts: bool = True) -> Path:
    """A wheel of the probe's name."""
    path = folder / f"contrechamp-{version}-py3-none-any.whl"
    info = f"contrechamp-{version}.dist-info"
    body = (
        f'def main():\n    print("contrechamp-probe, version {version}")\n'
        if starts
        else "raise SystemExit('broken')\n"
    )
    files = {
        "tiny_probe.py": body,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: contrechamp\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ncontrechamp-probe = tiny_probe:main\n",
    }
    _pack(path, {name: text.encode() for name, text in files.items()}, info)
    return path


def pip_wheel(folder: Path) -> Path:
    """pip as it is installed here, as a wheel again."""
    pip = distribution("pip")
    path = folder / f"pip-{pip.version}-py3-none-any.whl"
    if not path.exists():
        files = {
            str(one): Path(str(one.locate())).read_bytes()
            for one in pip.files or ()
            if one.parts[0] in ("pip", f"pip-{pip.version}.dist-info")
            and one.suffix != ".pyc"
            and one.name not in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
        }
        _pack(path, files, f"pip-{pip.version}.dist-info")
    return path


def _pack(path: Path, files: dict[str, bytes], info: str) -> None:
    files = {**files, f"{info}/RECORD": "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def release(
    folder: Path,
    version: str,
    *,
    key: bytes = KEY,
    starts: bool = True,
    inside: str | None = None,
    successors: tuple[Successor, ...] = (),
) -> Path:
    """A release as it is brought; `inside` is the version of the wheel in it, where that is another."""
    folder.mkdir(exist_ok=True)
    wheels = [probe_wheel(folder, inside or version, starts=starts), pip_wheel(folder)]
    told = tuple(
        ReleaseWheel(
            file=wheel.name,
            sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
            size=wheel.stat().st_size,
            tags=(TAG,),
            machines=(platform.machine(),),
        )
        for wheel in wheels
    )
    path = folder / f"update-{version}.zip"
    pack_release(path, Release(version=version, wheels=told), wheels, key, successors)
    return path
