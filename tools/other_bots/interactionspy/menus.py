import interactions
from client import run


@interactions.slash_command("menu", description="Posts the menus")
async def menu(context: interactions.SlashContext) -> None:
    options = [interactions.StringSelectOption(label=x.title(), value=x) for x in ("apple", "pear", "plum")]
    fruit = interactions.StringSelectMenu(*options, custom_id="fruit", placeholder="Fruit", max_values=3)
    roles = interactions.RoleSelectMenu(custom_id="roles", placeholder="Roles", max_values=2)
    await context.send("Pick", components=[[fruit], [roles]])


@interactions.component_callback("fruit")
async def fruit(context: interactions.ComponentContext) -> None:
    await context.edit_origin(content=", ".join(context.values))


@interactions.component_callback("roles")
async def roles(context: interactions.ComponentContext) -> None:
    await context.send(", ".join(role.name for role in context.values), ephemeral=True)


run()
