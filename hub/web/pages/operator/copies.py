"""The operator's page of copies: exports for others, and encrypted backups of the whole hub."""

import secrets
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.backup import MIN_PASSPHRASE, write_backup
from hub.data import HubFolder
from hub.errors import HubError
from hub.log.people import Role
from hub.publish.exported import public_ids
from hub.publish.formats import FORMATS, Format
from hub.publish.left_out import left_out
from hub.web.gate import Gated, visitor
from hub.web.pages.operator.arrivals import AGAIN
from hub.web.pages.operator.ground import NO_STORE, Fields, Notice, Section, folder_in, one_of, sentence_of
from hub.web.pages.operator.overview import backup_state
from hub.web.pages.operator.passphrase import is_obvious, proposed
from hub.web.source import require_derived
from hub.web.words import words_for
from hub.web.work import Outcome, Refused, State, Task, Tick

MAX_PASSPHRASE = 1000
DOWNLOADS = "download-*.backup"  # a copy that waits to be fetched lies in the hub's folder under such a name


class Copies(Section):
    """`/hub/copies`."""

    path, template = "/hub/copies", "hub_copies.html"

    def routes(self) -> list[Gated]:
        return [
            *super().routes(),
            Gated("/hub/copies/cameras.{kind}", self.export, Role.OPERATOR),
            Gated("/hub/copies/backup", self.backup, Role.ADMIN, methods=("POST",)),
        ]

    def values(self) -> dict[str, Any]:
        folder, cameras = self.ground.folder, self.ground.every.cameras()
        out = left_out(cameras)
        return {
            "formats": list(FORMATS),
            "total": len(cameras),
            "within": len(cameras) - out.total(),
            "left_out": out.most_common(),
            "backup": backup_state(folder.store, folder.keys.day),
            "proposed": proposed(),
            "least": MIN_PASSPHRASE,
            "size_now": folder.store.disk_use().octets,
        }

    async def export(self, request: Request) -> Response:
        """The cameras as a file."""
        name = request.path_params["kind"]
        kind = FORMATS.get(name)
        if kind is None:
            return self._answer(request, "not_found.html", 404, None, {})
        everything = request.query_params.get("all") == "1"
        try:
            body = await run_in_threadpool(self._exported, kind, everything)
            about = f"{name}{', everything' if everything else ''}"
            await run_in_threadpool(self.ground.audit.note, visitor(request).name or "operator", "export", about)
        except HubError as problem:
            told = Notice(good=False, sentence=sentence_of(words_for(request), problem))
            return self._answer(request, "hub_failed.html", 500, told, {})
        file = f"cameras-{self.ground.folder.keys.day}{'-all' if everything else ''}.{kind.ending}"
        headers = {**NO_STORE, "content-disposition": f'attachment; filename="{file}"'}
        return Response(body, media_type=kind.media_type, headers=headers)

    def _exported(self, kind: Format, everything: bool) -> bytes:
        require_derived(self.ground.source)  # what leaves the hub is never what it showed some time ago
        cameras = self.ground.source.cameras()
        ids = public_ids(self.ground.folder.store.public.rows(), cameras)
        return kind.write(cameras, everything=everything, ids=ids)

    async def backup(self, request: Request) -> Response:
        """Make an encrypted copy, to be fetched or in a folder of the hub's machine."""
        return await self.act(request, "backup", self._backup, about="where")

    def _backup(self, fields: Fields) -> Task:
        passphrase, where = fields.get("passphrase", ""), one_of(fields, "where", ("download", "folder"))
        keys_only = fields.get("keys_only") == "1"
        if passphrase != fields.get("repeated", ""):
            raise Refused("hub_passphrases_differ")
        if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
            raise Refused("hub_passphrase_short", n=MIN_PASSPHRASE)
        if is_obvious(passphrase):
            raise Refused("hub_passphrase_obvious")
        data, day = self.ground.folder.path, self.ground.folder.keys.day
        name = f"contrechamp-{day}-{secrets.token_hex(2)}.backup"
        if where == "folder":
            folder = Path(folder_in(fields, "folder"))
            if not folder.is_dir():
                raise Refused("hub_no_folder", path=folder)
            if data.resolve() in (folder.resolve(), *folder.resolve().parents):
                raise Refused("hub_backup_inside")
            return lambda tick: self._write(folder / name, passphrase, keys_only, tick)
        return lambda tick: self._write(data / f"download-{name}", passphrase, keys_only, tick, fetched=True)

    def _write(self, target: Path, passphrase: str, keys_only: bool, tick: Tick, *, fetched: bool = False) -> Outcome:
        store = self.ground.folder.store
        if fetched:
            for earlier in self.ground.work.of_kind("backup"):
                if earlier.state is not State.RUNNING:
                    self.ground.work.drop(earlier)  # one at a time waits to be fetched: it fills the disk
        of = store.disk_use().octets
        size = write_backup(
            self.ground.folder.path,
            target,
            passphrase,
            keys_only=keys_only,
            note=_note(target) if fetched else None,
            tick=lambda done: tick(done, of),
        )
        values = {"path": target, "size": round(size / 1e6, 1)}
        if not fetched:
            return Outcome(key="hub_backup_written", values=values)
        # A copy that nobody has fetched is none.
        discarded = partial(store.complaints.forget_backup, _note(target))
        return Outcome(key="hub_backup_ready", values=values, file=target, discarded=discarded)


def sweep(folder: HubFolder) -> None:
    """Remove what a hub that was killed has left: copies that nobody fetched, files that came half."""
    for path in folder.path.glob(DOWNLOADS):
        path.unlink(missing_ok=True)
        folder.store.complaints.forget_backup(_note(path))
    for path in folder.path.glob(AGAIN):
        path.unlink(missing_ok=True)


def _note(download: Path) -> str:
    """What the hub calls a copy that is fetched through the page: it lies where it knows nothing of."""
    return download.name.removeprefix("download-")
