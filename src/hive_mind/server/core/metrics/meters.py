"""Every number that this server counts, in a registry of its own; no clock, no socket. Times are in seconds.

The names are a promise: the dashboard and the alert rules in `deploy/` use them, and a test compares them.
"""

from collections.abc import Mapping
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.exposition import generate_latest

from hive_mind.server.core.trace import TurnTrace

FIRST_AUDIO_BUCKETS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0)
STAGE_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)

MOST_LABELS = 32
"""Different rooms, words or codes that are told apart; a client chooses them, so the rest is `other`."""

FIRST_AUDIO = "first_audio"
"""Stage of a turn that a client answered by itself: when its answer began to sound."""

FALSE_WAKE = "false_wake"
"""The intent of somebody who says that nobody was called."""

_MS = 0.001


class Meters:
    """What happens in one server process.

    Args:
        version: of the program.
        started: seconds since 1970 at which the process started to serve.
    """

    def __init__(self, version: str, started: float) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._seen: dict[str, set[str]] = {}
        self._stage = lru_cache(1024)(lambda *labels: self.stages.labels(*labels))
        self._turn = lru_cache(64)(lambda *labels: self.turns.labels(*labels))
        ProcessCollector(registry=self.registry)
        Info("hive_mind_build", "What runs.", registry=self.registry).info({"version": version})
        self._gauge("hive_mind_start_time_seconds", "Unix time at which this process began.").set(started)

        self.first_audio = self._histogram(
            "hive_mind_first_audio_seconds",
            "From the end of the question to the first sound of the answer, as the client measured.",
            ("room", "route"),
            FIRST_AUDIO_BUCKETS,
        )
        self.stages = self._histogram(
            "hive_mind_stage_seconds",
            "How long one stage of a turn took.",
            ("room", "route", "stage"),
            STAGE_BUCKETS,
        )
        self.turns = self._counter("hive_mind_turns", "Turns that ended.", ("outcome", "route"))
        self.turn_errors = self._counter("hive_mind_turn_errors", "Turns that failed, by code.", ("code",))
        self.withheld = self._counter("hive_mind_claims_withheld", "Claims that the truth guard stopped.")
        self.engine = self._counter(
            "hive_mind_engine_seconds", "Time that recognition, voice and language model took.", ("engine",)
        )
        self.engine_calls = self._counter("hive_mind_engine_calls", "Pieces of their work.", ("engine",))
        self.tokens = self._counter(
            "hive_mind_llm_tokens", "Pieces that the language model wrote, a token each."
        )
        self.llm_errors = self._counter("hive_mind_llm_errors", "Answers that the model failed.", ("code",))
        self.llm_local = self._counter("hive_mind_llm_fallbacks", "Answers of the second language model.")
        self.plugin_calls = self._counter("hive_mind_plugin_calls", "Calls.", ("plugin", "outcome"))
        self.plugin_seconds = self._histogram(
            "hive_mind_plugin_seconds", "How long a call took.", ("plugin",), STAGE_BUCKETS
        )
        self.wakes = self._counter("hive_mind_wake_words", "Wake words that were heard.", ("room", "word"))
        self.false_wakes = self._counter(
            "hive_mind_false_wakes", 'Wakes that somebody called false ("je ne te parlais pas").', ("room",)
        )
        self.reconnections = self._counter("hive_mind_reconnections", "Clients that came back.", ("room",))
        self.degraded = self._counter(
            "hive_mind_degraded_seconds", "Time that clients were without this house.", ("room",)
        )
        self.refused = self._counter("hive_mind_refusals", "Messages that were refused, by code.", ("code",))
        self.cut_off = self._counter("hive_mind_clients_cut_off", "Clients that did not read.")

        self.clients = self._gauge("hive_mind_clients", "Open connections.")
        self.sessions = self._gauge("hive_mind_sessions", "Clients that are known, connected or not.")
        self.queue = self._gauge("hive_mind_queue_depth", "What waits.", ("queue",))
        self.ready = self._gauge("hive_mind_component_up", "1 when it is ready.", ("component",))
        self.plugin_up = self._gauge("hive_mind_plugin_up", "1 when it is at work.", ("plugin",))
        self.redis_up = self._gauge("hive_mind_redis_up", "1 when Redis answers.")
        self.redis_ping = self._gauge("hive_mind_redis_ping_seconds", "How long Redis took to answer.")
        self.redis_memory = self._gauge("hive_mind_redis_memory_bytes", "Memory of Redis.")
        self.redis_disk = self._gauge("hive_mind_redis_disk_ok", "0 when Redis cannot write its file.")
        self.entries = self._gauge("hive_mind_context_entries", "Messages of the conversation that are kept.")
        self.unsaved = self._gauge("hive_mind_context_unsaved", "Messages that wait for Redis to come back.")
        self.model_memory = self._gauge("hive_mind_model_memory_bytes", "Memory of a model.", ("model",))
        self.word_errors = self._gauge("hive_mind_wer_errors", "Wrong words in the sample.", ("room",))
        self.words = self._gauge("hive_mind_wer_words", "Words in the sample (`hive-mind wer`).", ("room",))

    def exposition(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)

    def on_turn(self, trace: TurnTrace, room: str | None) -> None:
        """A turn has ended, here or on a client that answered by itself."""
        if not trace.over:
            return
        place = self._label("room", room)
        self._turn(trace.outcome, trace.route).inc()
        if trace.error is not None:
            self.turn_errors.labels(self._label("code", trace.error)).inc()
        if trace.withheld:
            self.withheld.inc()
        if trace.intent == FALSE_WAKE:
            self.false_wakes.labels(place).inc()
        stages = {**trace.timings_ms, **trace.stages_ms}
        sounded = stages.pop(FIRST_AUDIO, None) if trace.local else None
        if sounded is not None:
            self.on_first_audio(sounded, trace.route, room)
        self._took(stages, trace.route, room)

    def on_told(self, trace: TurnTrace, stages_ms: Mapping[str, float], room: str | None) -> None:
        """A client told how long took what it did by itself; of a turn that goes on, its end counts that."""
        if trace.over:
            self._took(stages_ms, trace.route, room)

    def _took(self, stages_ms: Mapping[str, float], route: str, room: str | None) -> None:
        place = self._label("room", room)
        for stage, ms in stages_ms.items():
            self._stage(place, route, self._label("stage", stage)).observe(ms * _MS)

    def on_first_audio(self, since_question_ms: float, route: str, room: str | None) -> None:
        """A client told when its answer began to sound."""
        self.first_audio.labels(self._label("room", room), route).observe(since_question_ms * _MS)

    def on_engine(self, engine: str, seconds: float) -> None:
        """A piece of recognition, voice or writing was done."""
        self.engine.labels(engine).inc(seconds)
        self.engine_calls.labels(engine).inc()

    def on_plugin(self, plugin: str, outcome: str, ms: float) -> None:
        """A plugin was asked."""
        self.plugin_calls.labels(plugin, outcome).inc()
        self.plugin_seconds.labels(plugin).observe(ms * _MS)

    def on_wake(self, word: str, room: str | None) -> None:
        """A client heard its name; `word` is empty when speech began without one."""
        if word:
            self.wakes.labels(self._label("room", room), self._label("word", word)).inc()

    def on_return(self, room: str | None, away_s: float | None) -> None:
        """A client is back after so many seconds; None when it does not say."""
        place = self._label("room", room)
        self.reconnections.labels(place).inc()
        self.degraded.labels(place).inc(away_s or 0.0)

    def on_refusal(self, code: str) -> None:
        """A message was refused."""
        self.refused.labels(self._label("code", code)).inc()

    def look(
        self, queues: Mapping[str, int], components: Mapping[str, bool], plugins: Mapping[str, bool]
    ) -> None:
        """How things stand at this moment."""
        for name, depth in queues.items():
            self.queue.labels(name).set(depth)
        for name, up in components.items():
            self.ready.labels(name).set(up)
        self.plugin_up.clear()
        for name, up in plugins.items():
            self.plugin_up.labels(name).set(up)

    def _label(self, kind: str, value: str | None) -> str:
        """A label's value, of which there are only so many."""
        text = (value or "").strip()[:64] or "unknown"
        seen = self._seen.setdefault(kind, set())
        if text not in seen and len(seen) >= MOST_LABELS:
            return "other"
        seen.add(text)
        return text

    def _counter(self, name: str, told: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(name, told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, told, labels, registry=self.registry)

    def _histogram(
        self, name: str, told: str, labels: tuple[str, ...], buckets: tuple[float, ...]
    ) -> Histogram:
        return Histogram(name, told, labels, registry=self.registry, buckets=buckets)
