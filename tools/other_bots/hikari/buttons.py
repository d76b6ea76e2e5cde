import hikari
from client import ANSWER, LATER, PRIVATE, ROLE_ID, client, run


async def answer(interaction: hikari.PartialInteraction) -> None:
    if isinstance(interaction, hikari.CommandInteraction):
        row = client.rest.build_message_action_row().add_interactive_button(hikari.ButtonStyle.SECONDARY, "red", label="Red")
        await interaction.create_initial_response(ANSWER, "Take a role", component=row)
        return
    await interaction.create_initial_response(LATER, flags=PRIVATE)
    held = ROLE_ID in interaction.member.role_ids
    await (interaction.member.remove_role if held else interaction.member.add_role)(ROLE_ID, reason="clicked")
    await interaction.edit_initial_response("You no longer hold it." if held else "You hold it now.")


run([client.rest.slash_command_builder("board", "Posts the board")], answer)
