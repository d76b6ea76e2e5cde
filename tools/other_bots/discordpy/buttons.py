import discord
from client import ROLE_ID, client, run


class Board(discord.ui.View):
    @discord.ui.button(label="Red", custom_id="red")
    async def red(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        role = interaction.guild.get_role(ROLE_ID)
        held = role in interaction.user.roles
        await (interaction.user.remove_roles if held else interaction.user.add_roles)(role, reason="clicked")
        await interaction.edit_original_response(content="You no longer hold it." if held else "You hold it now.")


@client.tree.command(description="Posts the board")
async def board(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Take a role", view=Board(timeout=None))


run()
