"""The calendar plugin: which calendar it is, and who does what is asked."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hive_mind.errors import HiveMindError
from hive_mind.server.core.plugin import Plugin
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases

from .agenda import Agenda, draft_of
from .asking import Habits, Question, Result
from .backend import Backend
from .caldav_backend import CalDavBackend
from .event import RULES, Draft
from .google_account import Application, GoogleAccount
from .google_backend import GoogleBackend
from .reading import draft_text
from .titles import Vocabulary

_TIMEOUT_S = 4.0
_POLL_S = 5.0
_MOST_BEGUN = 50


class CalendarPlugin(Plugin):
    """CalDAV or Google Calendar, whichever is set up; else the asking client's own calendar, for adding.

    Configuration: `backend` ("auto", "caldav", "google" or "client"), `default_minutes`, the words of titles;
    the variables of the account, see `docs/guide`.
    """

    async def on_load(self) -> None:
        """Set up the calendar; nothing is asked of it yet."""
        self._phrases = Phrases.of_folder(Path(__file__).parent)
        words = Vocabulary.of(
            self.config.get("kinds", ()), self.config.get("vague", ()), self.config.get("small_words", ())
        )
        self._habits = Habits(words, timedelta(minutes=float(self.config.get("default_minutes", 60))))
        self._client = self.services.http(timeout_s=_TIMEOUT_S)
        self._begun: dict[str, tuple[str, str]] = {}
        self._caldav: CalDavBackend | None = None
        backend = self._backend()
        self._agenda = Agenda(backend, self._habits, self._phrases) if backend is not None else None

    async def on_unload(self) -> None:
        """Close the connections."""
        await self._client.aclose()
        if self._caldav is not None:
            await self._caldav.close()

    def get_prompt_context(self) -> str:
        """What the language model should know."""
        return (
            "calendar_add (title, when, location), calendar_query (when, title, question), "
            "calendar_move (title, when, to), calendar_delete (title, when) : l'agenda de la maison."
        )

    async def execute(self, intent: str, params: dict[str, Any]) -> Result:
        """Add, query, move or delete."""
        now = self.services.now()
        try:
            text = self.services.request().text
            if intent == "calendar_add":
                draft = self._draft(params, text, now)
                return await (self._agenda.add(draft, now) if self._agenda else self._on_client(draft))
            if self._agenda is None:
                raise Failure("NO_CALENDAR", "No calendar is set up; see the guide.")
            if intent == "calendar_query":
                return await self._agenda.query(params, now)
            if intent == "calendar_move":
                return await self._agenda.move(params, now)
            return await self._agenda.delete(params, now)
        except Failure as failure:
            return failure.result()
        except Question as question:
            return question.result()

    def _draft(self, params: dict[str, Any], text: str, now: datetime) -> Draft:
        """The entry to be; while questions are open, its first words are remembered, which hold its kind."""
        who = self.services.request().client_id
        title = str(params.get("title") or "")
        began, first = self._begun.pop(who, (title, text))
        if began != title:
            first = text
        try:
            return draft_of(params, first, now, self._habits, self._phrases)
        except Question as question:
            if question.slot != "title" and len(self._begun) < _MOST_BEGUN:
                self._begun[who] = (title, first)
            raise

    async def _on_client(self, draft: Draft) -> Result:
        """Have the asking client enter it into its own calendar, and wait for its word."""
        told = draft_text(draft, self.services.now(), self._phrases)
        try:
            await self.services.act(
                "create_event",
                {
                    "title": draft.title,
                    "datetime": draft.start.isoformat(),
                    "end": draft.end.isoformat(),
                    "all_day": draft.all_day,
                    "location": draft.location,
                    "recurrence": RULES[draft.repeat] if draft.repeat else "",
                },
                say=self._phrases.say("adding", event=told),
            )
        except HiveMindError as error:
            if not self._phrases.has(error.code):
                raise
            return {"success": False, "error": error.code}
        return {
            "success": True,
            "speech": self._phrases.say("added", event=told),
            "title": draft.title,
            "start": draft.start.isoformat(),
        }

    def _backend(self) -> Backend | None:
        wanted = str(self.config.get("backend", "auto"))
        if wanted in ("auto", "caldav") and self.config.get("caldav_url"):
            self._caldav = CalDavBackend(
                str(self.config["caldav_url"]),
                str(self.config.get("caldav_username", "")),
                str(self.config.get("caldav_password", "")),
                str(self.config["caldav_calendar"]) if self.config.get("caldav_calendar") else None,
                self.services.now,
            )
            return self._caldav
        if wanted in ("auto", "google") and self.config.get("google_client_id"):
            return self._google()
        return None

    def _google(self) -> GoogleBackend:
        application = Application(
            str(self.config["google_client_id"]),
            str(self.config.get("google_client_secret", "")),
            str(self.config.get("google_oauth_url", "https://oauth2.googleapis.com")),
        )
        given = self.config.get("google_refresh_token")
        account = GoogleAccount(
            self._client, application, self.services.storage, str(given) if given else None
        )

        async def poll() -> None:
            if await account.poll(self.services.now()):
                await self.services.announce(self._phrases.say("signed_in"))

        self.services.every(_POLL_S, poll)
        return GoogleBackend(
            self._client,
            account,
            self.services.now,
            str(self.config.get("google_calendar", "primary")),
            str(self.config.get("google_url", "https://www.googleapis.com/calendar/v3")),
        )
