"""A minimal role-toggle bot. py-cord and discord.py share the names of all that it needs, but for where Discord is found."""

import os

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL


class Toggle(discord.Client):
    """Gives or takes the role that a button names, and says so."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A click."""
        role_id = int(interaction.data["custom_id"].removeprefix("role:"))
        member = interaction.user
        if member.get_role(role_id):
            await member.remove_roles(discord.Object(role_id), reason="Role panel: Colours")
            said = f"Removed: <@&{role_id}>."
        else:
            await member.add_roles(discord.Object(role_id), reason="Role panel: Colours")
            said = f"Added: <@&{role_id}>."
        await interaction.response.send_message(said, ephemeral=True)


Route.API_BASE_URL = Route.BASE = os.environ["API_URL"] + "/v10"
DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["API_URL"]).with_scheme("ws").with_path("/")
Toggle(intents=discord.Intents(guilds=True)).run(os.environ["TOKEN"])
