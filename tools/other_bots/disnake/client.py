"""What every disnake bot here shares: the sandbox's address, and "ready" once its commands are registered."""

import os

import disnake
from disnake.ext import commands
from disnake.http import Route

Route.BASE = os.environ["SANDBOX_API"] + "/v10"
ROLE_ID = int(os.environ["ROLE_ID"])


class Client(commands.InteractionBot):
    async def _sync_application_commands(self) -> None:
        await super()._sync_application_commands()
        print("ready", flush=True)


client = Client(intents=disnake.Intents(guilds=True))


def run() -> None:
    client.run(os.environ["TOKEN"])
