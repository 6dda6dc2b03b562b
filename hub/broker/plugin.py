"""amqtt's side of `Rights`: loaded by its name, with the rights in its configuration."""

from dataclasses import dataclass, field
from typing import Any

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
        return self._rights.lets_in(session.username, session.password, session.client_id)

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: AmqttAction | None = None
    ) -> bool:
        if session is None or topic is None:
            return False
        wanted = Action.WRITE if action is AmqttAction.PUBLISH else Action.READ
        return self._rights.may(session.username, topic, wanted)
