import nextcord
from client import ROLE_ID, client, run


class Board(nextcord.ui.View):
    @nextcord.ui.button(label="Red", custom_id="red")
    async def red(self, button: nextcord.ui.Button, interaction: nextcord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, with_message=True)
        role = interaction.guild.get_role(ROLE_ID)
        held = role in interaction.user.roles
        await (interaction.user.remove_roles if held else interaction.user.add_roles)(role, reason="clicked")
        await interaction.edit_original_message(content="You no longer hold it." if held else "You hold it now.")


@client.slash_command(description="Posts the board")
async def board(interaction: nextcord.Interaction) -> None:
    await interaction.response.send_message("Take a role", view=Board(timeout=None))


run()
