"""What every interactions.py bot here shares: the sandbox's address, and "ready" once its commands are registered."""

import os

import interactions
from interactions.api.http.route import Route

Route.BASE = os.environ["SANDBOX_API"] + "/v10"
ROLE_ID = int(os.environ["ROLE_ID"])
client = interactions.Client(intents=interactions.Intents.GUILDS)


@client.listen(interactions.api.events.Startup)
async def on_startup() -> None:
    print("ready", flush=True)


def run() -> None:
    client.start(os.environ["TOKEN"])
