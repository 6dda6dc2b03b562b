"""amqtt as the guard uses it: its broker without listeners of its own, and the plugin by which it asks for rights.

Only what the guard has let through comes here, so what amqtt does wrong with what comes straight from outside is out of
reach: retained messages, wills, sessions that are resumed or taken over, logins that are refused.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from amqtt.adapters import StreamReaderAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action as AmqttAction
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from hub.broker.rights import Action, Rights

_LISTENER = "default"


class RightsPlugin(BaseAuthPlugin, BaseTopicPlugin):  # type: ignore[misc]  # amqtt has no types
    """Asks the rights for every subscription, and again for every message that goes out by one."""

    @dataclass
    class Config:
        """The rights."""

        rights: Any = field(default=None)

    @property
    def _rights(self) -> Rights:
        rights = self.config.rights
        assert isinstance(rights, Rights)  # noqa: S101 (set by the embedded broker alone)
        return rights

    async def authenticate(self, *, session: Session) -> bool:  # noqa: ARG002 (amqtt passes it by name)
        return True  # nobody comes here but by the guard, which has asked for the password

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: AmqttAction | None = None
    ) -> bool:
        if session is None or topic is None:
            return False
        wanted = Action.WRITE if action is AmqttAction.PUBLISH else Action.READ
        return self._rights.may_use(session.username, topic, wanted)


class Exchange(Broker):  # type: ignore[misc]  # amqtt has no types
    """amqtt's broker behind the guard: it knows who has subscribed to what, and delivers."""

    def __init__(self, rights: Rights) -> None:
        plugins = {f"{RightsPlugin.__module__}.{RightsPlugin.__name__}": {"rights": rights}}
        super().__init__({"listeners": {_LISTENER: {"type": "external"}}, "plugins": plugins})
        self._subscriptions = _SnapshotDict()
        self._tasks_queue = _RunningTasks()

    @property
    def waiting(self) -> int:
        """How many messages have not been handed to their subscribers yet."""
        return int(self._broadcast_queue.qsize())

    async def serve(self, reader: asyncio.StreamReader, writer: WriterAdapter) -> None:
        """Serve a client until its stream ends."""
        await self.external_connected(StreamReaderAdapter(reader), writer, _LISTENER)

    async def publish(self, topic: str, payload: bytes) -> None:
        """Hand a message to whoever has subscribed to its topic."""
        await self.internal_message_broadcast(topic, payload)

    async def forget(self, client: str) -> None:
        """Forget a client's session at once; amqtt looks for those that are over once a second."""
        await self._delete_session(client)


class _SnapshotDict(dict[str, Any]):
    """Subscriptions that may change while they are iterated over: amqtt awaits within its loops."""

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.keys()))

    def items(self) -> Any:
        return list(super().items())


class _RunningTasks(deque["asyncio.Task[Any]"]):
    """Deliveries under way. amqtt keeps those that are done, with their messages, until the oldest of all is done: a
    client that acknowledges nothing holds the others' messages in memory."""

    def append(self, task: "asyncio.Task[Any]", /) -> None:
        super().append(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled():
            task.exception()  # one client's trouble, who comes again; asyncio wants it to be looked at
        if task in self:
            self.remove(task)
