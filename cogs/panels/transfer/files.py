"""Panels as TOML files: written for people to read, and read from what people send."""

import asyncio
import io
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from http import HTTPStatus

import aiohttp
import discord
import tomli_w
from loguru import logger

from cogs.panels.service.appearance import parse_address
from cogs.panels.service.emojis import parse_emoji
from cogs.panels.ui.file_words import refusal
from core.errors import UserError
from core.i18n import N_, Translator
from core.markup import plain
from core.proxy import proxy_for
from domain.file_reader import Fault, FaultKind
from domain.panel_file import FORMAT, PanelFile, RoleSketch, mentioned, read_file, write_panel
from domain.panels import PanelSpec, RoleSpec
from domain.toml_text import parse

SIZE_MAX = 256 * 1024
EXPORT_MAX, EXPORT_ROLES_MAX = 4 * 1024 * 1024, 20_000  # Discord takes files of 10 MiB
DOWNLOAD_TIME = 10.0  # seconds
CHUNK = 64 * 1024

TOO_LARGE = N_("The file is too large: it may have at most {limit} KiB, and it has {size}.")
TOO_MUCH_FOR_A_FILE = N_("All panels together are too much for one file. Export them one by one.")
NOT_DOWNLOADED = N_("The file could not be fetched from Discord. Please try again in a moment.")


async def exported(panels: AsyncIterator[PanelSpec], guild: discord.Guild, t: Translator) -> tuple[bytes, int]:
    """The panels as a file with the guild's names of their roles, and how many they are. Raises UserError over a limit."""
    name = " ".join(guild.name.split())
    head = t("Role panels of {server}. `/panel import` reads this file, here and in other servers.", server=name)
    tables: list[bytes] = [f"# {''.join(filter(str.isprintable, plain(head)))}\n\nformat = {FORMAT}\n".encode()]
    names = sketches_of(guild)
    roles = size = 0
    async for panel in panels:
        # Hundreds of panels take a while, in which the bot has other things to do.
        tables.append(await asyncio.to_thread(_table, panel, names))
        roles, size = roles + len(panel.roles), size + len(tables[-1])
        if roles > EXPORT_ROLES_MAX or size > EXPORT_MAX:
            raise UserError(TOO_MUCH_FOR_A_FILE)
    return b"\n".join(tables), len(tables) - 1


def _table(panel: PanelSpec, names: Mapping[int, RoleSketch]) -> bytes:
    return tomli_w.dumps({"panel": [write_panel(panel, known(panel, names), sparing=True)]}, multiline_strings=True).encode()


def sketches_of(guild: discord.Guild) -> dict[int, RoleSketch]:
    """What the guild's roles are called."""
    return {role.id: RoleSketch(role.name, role.colours.primary.value) for role in guild.roles}


def known(panel: PanelSpec, names: Mapping[int, RoleSketch]) -> dict[int, RoleSketch]:
    """What the roles of a panel are called; for a role that was deleted, what the panel calls it."""
    labels = {item.role_id: RoleSketch(item.label) for item in panel.roles}
    return labels | {role_id: names[role_id] for role_id in mentioned(panel) if role_id in names}


def attached(content: bytes, name: str) -> discord.File:
    """A file to send."""
    return discord.File(io.BytesIO(content), filename=name)


async def imported(attachment: discord.Attachment, guild: discord.Guild) -> tuple[PanelFile, tuple[str, ...]]:
    """The panels of a file that somebody sent, and the custom emojis in it that the bot has not here. Raises UserError."""
    if attachment.size > SIZE_MAX:
        raise UserError(TOO_LARGE, limit=SIZE_MAX // 1024, size=-(-attachment.size // 1024))
    content = await _download(attachment.url)
    try:
        # A file can keep its reader busy for a while, in which the bot has other things to do.
        return await asyncio.to_thread(_read, content, guild.emojis)
    except Fault as fault:
        raise refusal(fault) from None


def _read(content: bytes, emojis: Collection[discord.GuildEmoji]) -> tuple[PanelFile, tuple[str, ...]]:
    file = read_file(parse(content))
    _check_pictures(file)
    return _with_emojis(file, emojis)


async def _download(address: str) -> bytes:
    """What stands at Discord's address of an attachment. Neither its declared size nor a redirect is trusted."""
    limit = aiohttp.ClientTimeout(total=DOWNLOAD_TIME)
    content = bytearray()
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(address, allow_redirects=False, proxy=proxy_for(address)) as response,
        ):
            while response.status == HTTPStatus.OK and len(content) <= SIZE_MAX:
                part = await response.content.read(CHUNK)
                if not part:
                    return bytes(content)
                content += part
        logger.info("A file that somebody sent could not be fetched: it is larger than declared, or Discord answered {}", response.status)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        logger.info("A file that somebody sent could not be fetched: {}", type(error).__name__)
    raise UserError(NOT_DOWNLOADED)


def _check_pictures(file: PanelFile) -> None:
    """Raise Fault for an address that the editor would not take either: a message with it would be refused as a whole."""
    for number, panel in enumerate(file.panels, 1):
        for name, address in (("image", panel.appearance.image_url), ("thumbnail", panel.appearance.thumbnail_url)):
            try:
                parse_address(address)
            except UserError:
                raise Fault(FaultKind.NOT_A_PICTURE, f"panel[{number}].{name}") from None


def _with_emojis(file: PanelFile, custom: Collection[discord.GuildEmoji]) -> tuple[PanelFile, tuple[str, ...]]:
    """The file with emojis that the bot may use in the guild; custom ones are found by id, then by name."""
    known: dict[int | str, discord.GuildEmoji] = {}
    for emoji in reversed([emoji for emoji in custom if emoji.is_usable()]):
        known |= {emoji.name: emoji, emoji.id: emoji}
    found: dict[str, str | None] = {}  # thousands of roles may have the same
    lost: dict[str, None] = {}

    def fitted(role: RoleSpec, where: str) -> RoleSpec:
        if role.emoji is None:
            return role
        if role.emoji not in found:
            found[role.emoji] = _emoji(role.emoji, custom, known, where)
            if found[role.emoji] is None:
                lost[discord.PartialEmoji.from_str(role.emoji).name or role.emoji] = None
        return replace(role, emoji=found[role.emoji])

    panels = [
        replace(panel, roles=tuple(fitted(role, f"panel[{n}].role[{m}].emoji") for m, role in enumerate(panel.roles, 1)))
        for n, panel in enumerate(file.panels, 1)
    ]
    return PanelFile(tuple(panels), file.roles), tuple(lost)


def _emoji(text: str, custom: Collection[discord.GuildEmoji], known: dict[int | str, discord.GuildEmoji], where: str) -> str | None:
    partial = discord.PartialEmoji.from_str(text.strip())
    if partial.id is None:
        try:
            named = parse_emoji(text, custom) or ""
        except UserError:
            raise Fault(FaultKind.NOT_AN_EMOJI, where) from None
        own = discord.PartialEmoji.from_str(named).id
        return named if own is None or own in known else None
    found = known.get(partial.id) or known.get(partial.name or "")
    return str(found) if found else None
