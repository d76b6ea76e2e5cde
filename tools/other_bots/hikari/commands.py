import hikari
from client import ANSWER, LATER, PRIVATE, client, run
from hikari.impl import AutocompleteChoiceBuilder


async def answer(interaction: hikari.PartialInteraction) -> None:
    match interaction:
        case hikari.AutocompleteInteraction(options=[option]):
            await interaction.create_response([AutocompleteChoiceBuilder(x, x) for x in ("apple", "banana") if str(option.value) in x])
        case hikari.CommandInteraction(command_name="echo", options=[option]):
            await interaction.create_initial_response(ANSWER, str(option.value), flags=PRIVATE)
        case hikari.CommandInteraction(command_name="Quote"):
            await interaction.create_initial_response(LATER, flags=PRIVATE)
            [message] = interaction.resolved.messages.values()
            await interaction.edit_initial_response(f"> {message.content}")


text = hikari.CommandOption(type=hikari.OptionType.STRING, name="text", description="Text", is_required=True, autocomplete=True)
run(
    [
        client.rest.slash_command_builder("echo", "Says it again").add_option(text),
        client.rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Quote"),
    ],
    answer,
)
