import hikari
from client import ANSWER, PRIVATE, UPDATE, client, run


async def answer(interaction: hikari.PartialInteraction) -> None:
    if isinstance(interaction, hikari.CommandInteraction):
        fruit = client.rest.build_message_action_row().add_text_menu("fruit", placeholder="Fruit", max_values=3)
        for name in ("apple", "pear", "plum"):
            fruit.add_option(name.title(), name)
        roles = client.rest.build_message_action_row()
        roles.add_select_menu(hikari.ComponentType.ROLE_SELECT_MENU, "roles", placeholder="Roles", max_values=2)
        await interaction.create_initial_response(ANSWER, "Pick", components=[fruit.parent, roles])
    elif interaction.custom_id == "fruit":
        await interaction.create_initial_response(UPDATE, ", ".join(interaction.values))
    else:
        names = ", ".join(role.name for role in interaction.resolved.roles.values())
        await interaction.create_initial_response(ANSWER, names, flags=PRIVATE)


run([client.rest.slash_command_builder("menu", "Posts the menus")], answer)
