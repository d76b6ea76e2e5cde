import interactions
from client import run


@interactions.slash_command("echo", description="Says it again")
@interactions.slash_option("text", "Text", interactions.OptionType.STRING, required=True, autocomplete=True)
async def echo(context: interactions.SlashContext, text: str) -> None:
    await context.send(text, ephemeral=True)


@echo.autocomplete("text")
async def fruits(context: interactions.AutocompleteContext) -> None:
    await context.send([{"name": fruit, "value": fruit} for fruit in ("apple", "banana") if context.input_text in fruit])


@interactions.message_context_menu(name="Quote")
async def quote(context: interactions.ContextMenuContext) -> None:
    await context.defer(ephemeral=True)
    await context.send(f"> {context.target.content}")


run()
