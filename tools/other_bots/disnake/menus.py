import disnake
from client import client, run


class Board(disnake.ui.View):
    @disnake.ui.string_select(placeholder="Fruit", max_values=3, options={x.title(): x for x in ("apple", "pear", "plum")})
    async def fruit(self, select: disnake.ui.StringSelect, interaction: disnake.MessageInteraction) -> None:
        await interaction.response.edit_message(", ".join(select.values))

    @disnake.ui.role_select(placeholder="Roles", max_values=2)
    async def roles(self, select: disnake.ui.RoleSelect, interaction: disnake.MessageInteraction) -> None:
        await interaction.response.send_message(", ".join(role.name for role in select.values), ephemeral=True)


@client.slash_command(description="Posts the menus")
async def menu(interaction: disnake.ApplicationCommandInteraction) -> None:
    await interaction.response.send_message("Pick", view=Board(timeout=None))


run()
