import disnake
from client import ROLE_ID, client, run


class Board(disnake.ui.View):
    @disnake.ui.button(label="Red", custom_id="red")
    async def red(self, button: disnake.ui.Button, interaction: disnake.MessageInteraction) -> None:
        await interaction.response.defer(ephemeral=True, with_message=True)
        role = interaction.guild.get_role(ROLE_ID)
        held = role in interaction.author.roles
        await (interaction.author.remove_roles if held else interaction.author.add_roles)(role, reason="clicked")
        await interaction.edit_original_response("You no longer hold it." if held else "You hold it now.")


@client.slash_command(description="Posts the board")
async def board(interaction: disnake.ApplicationCommandInteraction) -> None:
    await interaction.response.send_message("Take a role", view=Board(timeout=None))


run()
