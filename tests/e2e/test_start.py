"""The bot connects, registers its commands and leaves in good order."""

from tests.e2e.house import House


async def test_the_bot_connects_and_leaves_in_good_order(house: House) -> None:
    assert house.bot.get_guild(house.sandbox.guild.id) is not None
