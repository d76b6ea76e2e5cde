"""The one response of one interaction, and what Discord confirmed of it.

Discord wants a first answer within 3 s, exactly once, and takes further ones for 15 minutes
(https://docs.discord.com/developers/interactions/receiving-and-responding). This object knows which of the two is due.
"""

import asyncio
from collections.abc import Callable, Iterator
from enum import Enum, StrEnum, auto
from typing import Any

import discord
from discord.http import Route
from loguru import logger

from core import deeds
from core.calls import RateLimited
from core.components import IS_COMPONENTS_V2, Payload, private, public
from core.i18n import Translator
from core.rest import Rest, Uncertain

FIRST_ANSWER_WINDOW = 3.0  # seconds, then Discord drops the interaction
FIRST_ANSWER_TIMEOUT = 1.0  # seconds for each try, at least
PAUSE_BETWEEN_TRIES = 0.15
ALREADY_ACKNOWLEDGED = 40060
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
LOADING = 1 << 7  # of a message: "thinking…", https://docs.discord.com/developers/resources/message#message-object-message-flags
REPLY, DEFER_REPLY, DEFER_REDRAW, REDRAW, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


class Acknowledgement(StrEnum):
    """How a handler will answer; the gate acknowledges in this way when the handler takes long."""

    REPLY = "reply"  # a message only the person sees
    REDRAW = "redraw"  # the message that the component is on
    MODAL = "modal"  # cannot be deferred: cached work only
    AUTOCOMPLETE = "autocomplete"


class TooLate(Exception):
    """Discord no longer takes an answer for this interaction: it came after 3 s, or its token has ended."""


class AnsweredElsewhere(TooLate):
    """Another process owns this interaction and answers it."""


class _State(Enum):
    FRESH = auto()
    DEFERRED = auto()
    ANSWERED = auto()
    DEAD = auto()


class Answer:
    """Owns the response of one interaction; every method may be called at any time and does what is then due.

    `age` is how many seconds old the interaction was on arrival; `on_taken` is called when Discord has taken the first answer.
    Raises TooLate when Discord takes no answer any more.
    """

    def __init__(
        self,
        rest: Rest,
        interaction_id: int,
        application_id: int,
        token: str,
        acknowledgement: Acknowledgement,
        t: Translator,
        *,
        age: float = 0.0,
        on_taken: Callable[[], None] = lambda: None,
        on_components: bool = False,
    ) -> None:
        self.t = t
        self.acknowledgement = acknowledgement
        self.token = token
        self._rest = rest
        self._interaction_id, self._application_id = interaction_id, application_id
        self._state = _State.FRESH
        self._made_at = asyncio.get_running_loop().time() - age
        self._inherited = False
        self._owned = False  # Discord took this process's own first answer, so that no other process has one
        # Whether a successor may answer as well, because the token is stored with what it was asked for.
        self.inheritable = False
        self._on_taken = on_taken
        self._on_components = on_components  # the message clicked on is of Components V2, and can hold neither text nor embeds ever again
        self._lock = asyncio.Lock()

    @classmethod
    def resumed(cls, rest: Rest, interaction_id: int, application_id: int, token: str, t: Translator, age: float) -> "Answer":
        """The answer of an interaction that came to another process `age` seconds ago.

        Whoever was not acknowledged in the first 3 s is lost, so after that only an edit can still arrive.
        """
        answer = cls(rest, interaction_id, application_id, token, Acknowledgement.REPLY, t)
        answer._inherited = True
        if age > FIRST_ANSWER_WINDOW:
            answer._state = _State.DEFERRED
        return answer

    @property
    def age(self) -> float:
        """The seconds since Discord made the interaction."""
        return asyncio.get_running_loop().time() - self._made_at

    def check(self) -> None:
        """Raise TooLate when the person sees that the interaction failed, so that nothing may be done for it any more."""
        if self._state is _State.DEAD or (self._state is _State.FRESH and self.age > FIRST_ANSWER_WINDOW):
            raise TooLate

    @property
    def answered(self) -> bool:
        """Whether the person has been shown something other than "thinking…"."""
        return self._state is _State.ANSWERED

    @property
    def settled(self) -> bool:
        """Whether nothing is owed any more: answered, or a redraw acknowledged that changes nothing."""
        return self.answered or (self._state is _State.DEFERRED and self.acknowledgement is Acknowledgement.REDRAW)

    @property
    def fresh(self) -> bool:
        """Whether Discord has got nothing yet, so that a modal can still be opened."""
        return self._state is _State.FRESH

    async def waits_for_word(self) -> bool:
        """Whether a first answer that may be on its way leaves the person waiting, and nobody else is going to speak."""
        async with self._lock:
            return self._state is _State.DEFERRED and not self.settled and not self.inheritable

    @property
    def dead(self) -> bool:
        """Whether nothing can be shown any more: Discord takes no answer, or another process gives it."""
        return self._state is _State.DEAD

    async def send(self, payload: Payload) -> None:
        """Show `payload` to the person alone; a second call replaces the first."""
        async with self._lock:
            if self._state is _State.FRESH and await self._callback(REPLY, private(payload)):
                return
            if self._state is _State.DEFERRED and self.acknowledgement is Acknowledgement.REDRAW:
                await self._follow_up(payload)  # @original is the message that the component is on
            else:
                await self._edit_original(payload)
            self._state = _State.ANSWERED

    async def progress(self, payload: Payload) -> None:
        """Show that it is under way, in the way that was declared; what comes of it replaces this, and never the other way round."""
        async with self._lock:
            if self._state is _State.ANSWERED:
                return
            redraws = self.acknowledgement is Acknowledgement.REDRAW and self._has_place(payload)
            if self._state is _State.FRESH and await self._callback(*((REDRAW, public(payload)) if redraws else (REPLY, private(payload)))):
                return
            await self._edit_original(payload)
            self._state = _State.ANSWERED

    async def redraw(self, payload: Payload) -> None:
        """Replace the message that the component is on, or the answer given before. Where somebody deleted it, show a new one."""
        if not self._has_place(payload):
            await self.send(payload)
            return
        async with self._lock:
            if self._state is _State.FRESH and await self._callback(REDRAW, public(payload)):
                return
            await self._edit_original(payload)
            self._state = _State.ANSWERED

    def _has_place(self, payload: Payload) -> bool:
        """Whether the message that the component is on can show this."""
        return not self._on_components or bool(payload.get("flags", 0) & IS_COMPONENTS_V2)

    async def notice(self, payload: Payload) -> None:
        """Show one more message to the person alone, beside what was answered."""
        async with self._lock:
            if self._state is _State.FRESH and await self._callback(REPLY, private(payload)):
                return
            await self._follow_up(payload)

    async def modal(self, payload: Payload) -> None:
        """Open a modal. Only as the first answer; raises TooLate when the watchdog was quicker."""
        async with self._lock:
            if self._state is not _State.FRESH:
                raise TooLate
            await self._callback(MODAL, payload)

    async def choices(self, choices: list[dict[str, Any]]) -> None:
        """Answer an autocomplete; late or repeated answers are of no use and dropped."""
        async with self._lock:
            self._expect_life()
            if self._state is _State.FRESH:
                await self._callback(CHOICES, {"choices": choices[:25]})

    async def defer(self) -> None:
        """Acknowledge without content, as declared, if nothing was answered yet: what the watchdog does."""
        async with self._lock:
            if self._state is not _State.FRESH:
                return
            if self.acknowledgement is Acknowledgement.AUTOCOMPLETE:
                await self._callback(CHOICES, {"choices": []})
            elif self.acknowledgement is Acknowledgement.REDRAW:
                await self._callback(DEFER_REDRAW, None)
            elif self.acknowledgement is Acknowledgement.REPLY:
                await self._callback(DEFER_REPLY, private({}))

    async def _callback(self, kind: int, data: Payload | None) -> bool:
        """Give the first answer. Whether `data` is now shown: not, when an earlier process or try had acknowledged already."""
        route = Route("POST", "/interactions/{interaction_id}/{token}/callback", interaction_id=self._interaction_id, token=self.token)
        body: Payload = {"type": kind} if data is None else {"type": kind, "data": data}
        lost = self._inherited
        for last in self._tries():
            try:
                await self._rest.request(
                    route,
                    body=body,
                    authorized=False,
                    repeatable=False,
                    timeout=self._patience(),
                    tries=1,
                    deadline=self._made_at + FIRST_ANSWER_WINDOW,
                    # What was done is told, also when the shards were lost meanwhile: Discord takes one first answer, whoever gives it.
                    unheld=deeds.done(),
                )
            except RateLimited as error:
                logger.info("The first answer to interaction {} must wait {} s", self._interaction_id, error.retry_after)
            except (Uncertain, discord.DiscordServerError) as error:
                logger.info("The first answer to interaction {} has an unknown fate ({})", self._interaction_id, error)
                lost = True
            except discord.HTTPException as error:
                if error.code == UNKNOWN_INTERACTION:
                    self._state = _State.DEAD
                    raise TooLate from error
                if error.code == UNKNOWN_MESSAGE and kind == REDRAW and data is not None:
                    return await self._callback(REPLY, private(data))  # deleted since the click, which is not acknowledged by this
                if error.code != ALREADY_ACKNOWLEDGED:
                    raise
                if not lost:
                    # No try of ours explains it: another process answers, and what it shows must stay.
                    self._state = _State.DEAD
                    raise AnsweredElsewhere from error
                self._state = _State.DEFERRED if self._inherited else self._after(kind)
                return not self._inherited
            else:
                self._state = self._after(kind)
                self._owned = True
                self._on_taken()
                return True
            if not last:
                await asyncio.sleep(PAUSE_BETWEEN_TRIES)
        # Its fate stays unknown. For a message the edit that follows finds out: it works exactly if the answer had arrived.
        self._state = _State.DEFERRED if kind in (REPLY, REDRAW) else self._after(kind)
        return kind not in (REPLY, REDRAW)

    def _patience(self) -> float:
        """Seconds to wait for a silent server: it may only be slow, so as long as one more try still fits into the 3 s."""
        latest = self._made_at + FIRST_ANSWER_WINDOW - FIRST_ANSWER_TIMEOUT
        return max(FIRST_ANSWER_TIMEOUT, latest - asyncio.get_running_loop().time())

    def _tries(self) -> Iterator[bool]:
        """Tries until the 3 s are over, two at least; each item says whether it is the last."""
        yield False
        while asyncio.get_running_loop().time() < self._made_at + FIRST_ANSWER_WINDOW - FIRST_ANSWER_TIMEOUT:
            yield False
        yield True

    def _after(self, kind: int) -> _State:
        return _State.DEFERRED if kind in (DEFER_REPLY, DEFER_REDRAW) else _State.ANSWERED

    async def leave_word(self, payload: Payload) -> None:
        """Show `payload` in place of "thinking…", and over nothing that another process, which may inherit this answer, says by now."""
        async with self._lock:
            if self._state is not _State.DEFERRED or not self._owned:
                return
            shown = await self._rest.request(self._original("GET"), authorized=False, unheld=True)
            if shown.get("flags", 0) & LOADING:
                await self._rest.request(self._original("PATCH"), body=public(payload), authorized=False, unheld=True)
                self._state = _State.ANSWERED

    def _original(self, method: str) -> Route:
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        return Route(method, path, webhook_id=self._application_id, webhook_token=self.token)

    def _expect_life(self) -> None:
        """Raise TooLate where nothing may be shown: what another process says is never written over."""
        if self.dead:
            raise TooLate

    async def _edit_original(self, payload: Payload) -> None:
        self._expect_life()
        route = self._original("PATCH")
        try:
            await self._webhook(route, public(payload))
        except TooLate as error:
            gone = isinstance(error.__cause__, discord.HTTPException) and error.__cause__.code == UNKNOWN_MESSAGE
            if not gone or self.acknowledgement is not Acknowledgement.REDRAW:
                raise
            self._state = _State.DEFERRED
            await self._follow_up(payload)  # the message that the component is on was deleted

    async def _follow_up(self, payload: Payload) -> None:
        self._expect_life()
        route = Route("POST", "/webhooks/{webhook_id}/{webhook_token}", webhook_id=self._application_id, webhook_token=self.token)
        await self._webhook(route, private(payload))

    async def _webhook(self, route: Route, body: Payload) -> None:
        files = body.pop("files", None)
        try:
            # What this process acknowledged is nobody else's: the person hears the end of it also when another process serves by now.
            unheld = self._owned and not self.inheritable
            await self._rest.request(route, body=body, files=files, authorized=False, unheld=unheld)
        except discord.HTTPException as error:
            if error.status in (401, 404):
                self._state = _State.DEAD
                raise TooLate from error
            raise
