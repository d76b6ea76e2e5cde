"""The kinds of failure that a person meets, and what is told of each; what an operator is told at an end is in core.stops."""

import secrets
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from tortoise.exceptions import DBConnectionError, TransactionManagementError

from core.calls import RateLimited
from core.components import Payload, text_message
from core.deeds import Deeds
from core.i18n import N_, Translator
from core.invalid_requests import HeldBack
from core.markup import Markup, moment_shown
from core.outages import cannot_write, is_outage
from core.rest import NotServing, Uncertain
from domain import clock


class UserError(Exception):
    """An expected refusal. `message` is a catalogue sentence, `values` fill its placeholders; the person asked sees it."""

    def __init__(self, message: str, /, **values: Any) -> None:
        super().__init__(message)
        self.message, self.values = message, values

    def text(self, t: Translator) -> Markup:
        """The sentence in the language of `t`."""
        return t(self.message, **self.values)

    def payload(self, t: Translator) -> Payload:
        """The message to the person asked; a subclass may add what helps."""
        return text_message(self.text(t))


# True as well of a process that stood still or was cut off by itself, while the database serves another one.
DATABASE_AWAY = N_("The bot lost contact with its database, so nothing was changed. Please try again in a moment.")
NOT_SAVING = N_(
    "The bot can't save anything right now, so nothing was changed. Its operator can read why in the log. Please try again later."
)
PARTLY_DONE = N_("Part of it may have been done: {what}. I'll put it right by myself.")
YOUR_CHANGE = N_("the change you just made")
UNEXPECTED = N_("Something went wrong on the bot's side. If it happens again, tell the bot's operator this number: `{error_id}`.")
SWITCHED_OFF = N_("This part of the bot is switched off right now. Please try again later.")
OUTDATED_COMMAND = N_("This command is not what it was. Please pick it from the list again.")
OUTDATED = N_("This button or menu is from an older version of the bot and no longer works. Ask an admin to post the panel again.")
HELD_BACK = N_(
    "Discord has refused so much of what the bot tried in this server that the bot pauses here. It goes on {moment}. "
    "An admin can find out with `/panel check` what's wrong."
)
TOO_SLOW = N_("That took too long. Please try again in a moment.")
NOT_ALLOWED = N_("You may not use this command.")
JUST_STARTED = N_("The bot has just started and does not know this server yet. Please try again in a moment.")
SERVER_AWAY = N_("Discord has trouble with this server right now. Please try again in a few minutes.")
BOT_NOT_HERE = N_(
    "The bot itself is not in this server, only its commands are. Somebody who manages the server can invite it "
    "with the scopes `bot` and `applications.commands`."
)
ONLY_IN_SERVERS = N_("This works only inside a server.")


class Vanished(UserError):
    """A refusal of what belongs to something that is no longer there: sending it again can never help."""


class PartlyDone(UserError):
    """Something may or may not have taken effect, and the bot finds out by itself. `what` is a catalogue phrase with its `values`."""

    def __init__(self, what: str, /, **values: Any) -> None:
        super().__init__(PARTLY_DONE)
        self._what, self._values = what, values

    def text(self, t: Translator) -> Markup:
        """The sentence in the language of `t`."""
        return t(PARTLY_DONE, what=t(self._what, **self._values))


def database_away(deeds: Deeds, error: BaseException | None = None) -> UserError:
    """What is said when the database went away, or takes no changes, after these deeds."""
    if deeds.count:
        return PartlyDone(deeds.what or YOUR_CHANGE, **deeds.values)
    return UserError(NOT_SAVING if cannot_write(error) else DATABASE_AWAY)


def is_database_away(error: BaseException | None) -> bool:
    """Whether this failure means that PostgreSQL could not be reached, dropped the connection, or takes no changes: it is waited for.

    So it is for a process that cannot prove there that it holds its shards.
    """
    seen = 0
    while error is not None and seen < 8:
        if isinstance(error, NotServing):
            return True
        if isinstance(error, (Uncertain, RateLimited, discord.HTTPException, aiohttp.ClientError)):
            return False
        if isinstance(error, DBConnectionError | TransactionManagementError) or is_outage(error) or cannot_write(error):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def held_back(error: HeldBack) -> UserError:
    """What is told to those who meet a guild that used up its share of refusals."""
    return UserError(HELD_BACK, moment=moment_shown(clock.now() + timedelta(seconds=error.retry_after)))


def new_error_id() -> str:
    """A short id that stands in both the log and the reply."""
    return secrets.token_hex(4)
