import nextcord
from client import client, run


@client.slash_command(description="Says it again")
async def echo(interaction: nextcord.Interaction, text: str) -> None:
    await interaction.response.send_message(text, ephemeral=True)


@echo.on_autocomplete("text")
async def fruits(interaction: nextcord.Interaction, text: str) -> None:
    await interaction.response.send_autocomplete([fruit for fruit in ("apple", "banana") if text in fruit])


@client.message_command(name="Quote")
async def quote(interaction: nextcord.Interaction, message: nextcord.Message) -> None:
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send(f"> {message.content}")


run()
