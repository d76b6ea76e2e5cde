import disnake
from client import client, run


class About(disnake.ui.Modal):
    def __init__(self) -> None:
        name = disnake.ui.TextInput(label="Name", custom_id="name", max_length=30)
        more = disnake.ui.TextInput(label="More", custom_id="more", required=False, style=disnake.TextInputStyle.paragraph)
        super().__init__(title="About you", components=[name, more])

    async def callback(self, interaction: disnake.ModalInteraction) -> None:
        await interaction.response.send_message(f"Hello {interaction.text_values['name']}", ephemeral=True)


@client.slash_command(description="Opens the form")
async def form(interaction: disnake.ApplicationCommandInteraction) -> None:
    await interaction.response.send_modal(About())


run()
