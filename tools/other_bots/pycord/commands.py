import discord
from client import client, run


async def fruits(context: discord.AutocompleteContext) -> list[str]:
    return [fruit for fruit in ("apple", "banana") if context.value in fruit]


@client.slash_command(description="Says it again")
@discord.option("text", str, autocomplete=fruits)
async def echo(context: discord.ApplicationContext, text: str) -> None:
    await context.respond(text, ephemeral=True)


@client.message_command(name="Quote")
async def quote(context: discord.ApplicationContext, message: discord.Message) -> None:
    await context.defer(ephemeral=True)
    await context.respond(f"> {message.content}")


run()
