import disnake
from client import client, run


@client.slash_command(description="Says it again")
async def echo(interaction: disnake.ApplicationCommandInteraction, text: str) -> None:
    await interaction.response.send_message(text, ephemeral=True)


@echo.autocomplete("text")
async def fruits(interaction: disnake.ApplicationCommandInteraction, typed: str) -> list[str]:
    return [fruit for fruit in ("apple", "banana") if typed in fruit]


@client.message_command(name="Quote")
async def quote(interaction: disnake.ApplicationCommandInteraction, message: disnake.Message) -> None:
    await interaction.response.defer(ephemeral=True)
    await interaction.edit_original_response(f"> {message.content}")


run()
