"""A minimal role-toggle bot with hikari."""

import os

import hikari

bot = hikari.GatewayBot(
    os.environ["TOKEN"], rest_url=os.environ["API_URL"] + "/v10", intents=hikari.Intents.GUILDS, suppress_optimization_warning=True
)


@bot.listen()
async def toggle(event: hikari.ComponentInteractionCreateEvent) -> None:
    """Give or take the role that a button names, and say so."""
    interaction = event.interaction
    role_id = int(interaction.custom_id.removeprefix("role:"))
    member = interaction.member
    if role_id in member.role_ids:
        await bot.rest.remove_role_from_member(interaction.guild_id, member.id, role_id, reason="Role panel: Colours")
        said = f"Removed: <@&{role_id}>."
    else:
        await bot.rest.add_role_to_member(interaction.guild_id, member.id, role_id, reason="Role panel: Colours")
        said = f"Added: <@&{role_id}>."
    await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, said, flags=hikari.MessageFlag.EPHEMERAL)


bot.run(check_for_updates=False)
