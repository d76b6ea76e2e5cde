"""What every discord.py bot here shares: the sandbox's address, and "ready" once its commands are registered."""

import os

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

Route.BASE = os.environ["SANDBOX_API"] + "/v10"
DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["SANDBOX_GATEWAY"])
ROLE_ID = int(os.environ["ROLE_ID"])


class Client(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        print("ready", flush=True)


client = Client()


def run() -> None:
    client.run(os.environ["TOKEN"])
