import discord
from client import client, run
from discord import app_commands


@client.tree.command(description="Says it again")
async def echo(interaction: discord.Interaction, text: str) -> None:
    await interaction.response.send_message(text, ephemeral=True)


@echo.autocomplete("text")
async def fruits(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=fruit, value=fruit) for fruit in ("apple", "banana") if current in fruit]


@client.tree.context_menu(name="Quote")
async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send(f"> {message.content}")


run()
