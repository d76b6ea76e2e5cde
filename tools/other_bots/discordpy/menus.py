import discord
from client import client, run


class Board(discord.ui.View):
    @discord.ui.select(
        placeholder="Fruit", max_values=3, options=[discord.SelectOption(label=x.title(), value=x) for x in ("apple", "pear", "plum")]
    )
    async def fruit(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.edit_message(content=", ".join(select.values))

    @discord.ui.select(cls=discord.ui.RoleSelect, placeholder="Roles", max_values=2)
    async def roles(self, interaction: discord.Interaction, select: discord.ui.RoleSelect) -> None:
        await interaction.response.send_message(", ".join(role.name for role in select.values), ephemeral=True)


@client.tree.command(description="Posts the menus")
async def menu(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Pick", view=Board(timeout=None))


run()
