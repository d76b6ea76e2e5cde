import discord
from client import client, run


class About(discord.ui.Modal, title="About you"):
    name = discord.ui.TextInput(label="Name", max_length=30)
    more = discord.ui.TextInput(label="More", required=False, style=discord.TextStyle.paragraph)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Hello {self.name.value}", ephemeral=True)


@client.tree.command(description="Opens the form")
async def form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(About())


run()
