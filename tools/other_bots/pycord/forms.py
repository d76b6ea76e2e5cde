import discord
from client import client, run


class About(discord.ui.Modal):
    def __init__(self) -> None:
        name = discord.ui.InputText(label="Name", max_length=30)
        super().__init__(name, discord.ui.InputText(label="More", required=False, style=discord.InputTextStyle.long), title="About you")

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Hello {self.children[0].value}", ephemeral=True)


@client.slash_command(description="Opens the form")
async def form(context: discord.ApplicationContext) -> None:
    await context.send_modal(About())


run()
