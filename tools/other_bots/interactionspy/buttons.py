import interactions
from client import ROLE_ID, run


@interactions.slash_command("board", description="Posts the board")
async def board(context: interactions.SlashContext) -> None:
    button = interactions.Button(style=interactions.ButtonStyle.SECONDARY, label="Red", custom_id="red")
    await context.send("Take a role", components=button)


@interactions.component_callback("red")
async def red(context: interactions.ComponentContext) -> None:
    await context.defer(ephemeral=True)
    held = context.author.has_role(ROLE_ID)
    await (context.author.remove_role if held else context.author.add_role)(ROLE_ID, reason="clicked")
    await context.send("You no longer hold it." if held else "You hold it now.")


run()
