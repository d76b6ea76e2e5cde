import nextcord
from client import client, run


class Board(nextcord.ui.View):
    @nextcord.ui.string_select(
        placeholder="Fruit", max_values=3, options=[nextcord.SelectOption(label=x.title(), value=x) for x in ("apple", "pear", "plum")]
    )
    async def fruit(self, select: nextcord.ui.StringSelect, interaction: nextcord.Interaction) -> None:
        await interaction.response.edit_message(content=", ".join(select.values))

    @nextcord.ui.role_select(placeholder="Roles", max_values=2)
    async def roles(self, select: nextcord.ui.RoleSelect, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message(", ".join(role.name for role in select.values.roles), ephemeral=True)


@client.slash_command(description="Posts the menus")
async def menu(interaction: nextcord.Interaction) -> None:
    await interaction.response.send_message("Pick", view=Board(timeout=None))


run()
