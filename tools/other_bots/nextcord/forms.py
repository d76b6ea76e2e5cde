import nextcord
from client import client, run


class About(nextcord.ui.Modal):
    def __init__(self) -> None:
        super().__init__("About you")
        self.name = nextcord.ui.TextInput(label="Name", max_length=30)
        self.add_item(self.name)
        self.add_item(nextcord.ui.TextInput(label="More", required=False, style=nextcord.TextInputStyle.paragraph))

    async def callback(self, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message(f"Hello {self.name.value}", ephemeral=True)


@client.slash_command(description="Opens the form")
async def form(interaction: nextcord.Interaction) -> None:
    await interaction.response.send_modal(About())


run()
