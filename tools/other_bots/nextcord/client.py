"""What every nextcord bot here shares: the sandbox's address, and "ready" once its commands are registered."""

import os

import nextcord
from nextcord.http import Route

Route.BASE = os.environ["SANDBOX_API"] + "/v10"
ROLE_ID = int(os.environ["ROLE_ID"])


class Client(nextcord.Client):
    async def on_ready(self) -> None:
        await self.sync_all_application_commands()
        print("ready", flush=True)


client = Client(intents=nextcord.Intents(guilds=True), rollout_all_guilds=False)


def run() -> None:
    client.run(os.environ["TOKEN"])
