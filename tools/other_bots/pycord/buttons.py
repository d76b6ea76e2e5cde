import discord
from client import ROLE_ID, client, run


class Board(discord.ui.View):
    @discord.ui.button(label="Red", custom_id="red")
    async def red(self, button: discord.ui.Button, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, invisible=False)
        role = interaction.guild.get_role(ROLE_ID)
        held = role in interaction.user.roles
        await (interaction.user.remove_roles if held else interaction.user.add_roles)(role, reason="clicked")
        await interaction.edit_original_response(content="You no longer hold it." if held else "You hold it now.")


@client.slash_command(description="Posts the board")
async def board(context: discord.ApplicationContext) -> None:
    await context.respond("Take a role", view=Board(timeout=None))


run()
