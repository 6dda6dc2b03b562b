"""amqtt's plugin for `Rights`, which amqtt loads by name, and amqtt's broker with two faults mended."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action as AmqttAction
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from hub.broker.rights import Action, Rights


class RightsPlugin(BaseAuthPlugin, BaseTopicPlugin):  # type: ignore[misc]  # amqtt has no types
    """Asks the rights for every connection, subscription and message."""

    @dataclass
    class Config:
        """The rights."""

        rights: Any = field(default=None)

    @property
    def _rights(self) -> Rights:
        rights = self.config.rights
        assert isinstance(rights, Rights)  # noqa: S101 (set by the embedded broker alone)
        return rights

    async def authenticate(self, *, session: Session) -> bool:
        return self._rights.may_connect(session.username, session.password, session.client_id)

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: AmqttAction | None = None
    ) -> bool:
        if session is None or topic is None:
            return False
        wanted = Action.WRITE if action is AmqttAction.PUBLISH else Action.READ
        return self._rights.may_use(session.username, topic, wanted)


class RetainGuardBroker(Broker):  # type: ignore[misc]  # amqtt has no types
    """amqtt's broker, which sends retained messages to holders of a subscription alone.

    amqtt 0.12 sends a client that connects the messages retained for anybody's subscription, and a client that
    subscribes those of a subscription that it refuses: so one probe would learn of all others.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._subscriptions = _SnapshotDict()

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        if any(holder.client_id == session.client_id for holder, _ in self._subscriptions.get(subscription[0], ())):
            await super()._publish_retained_messages_for_subscription(subscription, session)


class _SnapshotDict(dict[str, Any]):
    """Subscriptions that may change while they are iterated over: amqtt awaits within its loops."""

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.keys()))

    def items(self) -> Any:
        return list(super().items())
