"""What every py-cord bot here shares: the sandbox's address, and "ready" once its commands are registered."""

import os

import discord
from discord.http import Route

Route.API_BASE_URL = os.environ["SANDBOX_API"] + "/v{API_VERSION}"
ROLE_ID = int(os.environ["ROLE_ID"])
client = discord.Bot(intents=discord.Intents(guilds=True), cache_default_sounds=False)


@client.listen()
async def on_ready() -> None:
    print("ready", flush=True)


def run() -> None:
    client.run(os.environ["TOKEN"])
