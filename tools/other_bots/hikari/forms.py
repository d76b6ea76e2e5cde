import hikari
from client import ANSWER, PRIVATE, client, run
from hikari.impl import ModalActionRowBuilder


async def answer(interaction: hikari.PartialInteraction) -> None:
    if isinstance(interaction, hikari.CommandInteraction):
        name = ModalActionRowBuilder().add_text_input("name", "Name", max_length=30)
        more = ModalActionRowBuilder().add_text_input("more", "More", required=False, style=hikari.TextInputStyle.PARAGRAPH)
        await interaction.create_modal_response("About you", "about", components=[name, more])
    else:
        name = interaction.components[0].components[0].value
        await interaction.create_initial_response(ANSWER, f"Hello {name}", flags=PRIVATE)


run([client.rest.slash_command_builder("form", "Opens the form")], answer)
