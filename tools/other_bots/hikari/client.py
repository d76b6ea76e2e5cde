"""What every hikari bot here shares: the sandbox's address, and "ready" once its commands are registered."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import hikari

ROLE_ID = int(os.environ["ROLE_ID"])
client = hikari.GatewayBot(os.environ["TOKEN"], rest_url=os.environ["SANDBOX_API"] + "/v10", intents=hikari.Intents.GUILDS, banner=None)
PRIVATE = hikari.MessageFlag.EPHEMERAL
ANSWER, UPDATE = hikari.ResponseType.MESSAGE_CREATE, hikari.ResponseType.MESSAGE_UPDATE
LATER = hikari.ResponseType.DEFERRED_MESSAGE_CREATE


def run(commands: list[Any], answer: Callable[[Any], Awaitable[None]]) -> None:
    @client.listen()
    async def started(event: hikari.StartedEvent) -> None:
        me = await client.rest.fetch_application()
        await client.rest.set_application_commands(me.id, commands)
        print("ready", flush=True)

    @client.listen()
    async def on_interaction(event: hikari.InteractionCreateEvent) -> None:
        await answer(event.interaction)

    client.run(check_for_updates=False)
