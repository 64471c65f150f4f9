"""A turn as bars on a line of time. Pure.

A stage whose beginning nobody measured is laid at the end of the one before it; the bars of a client that
answered by itself are counted from the end of the question, the others from the arrival of the question here.
"""

from dataclasses import dataclass

from hive_mind.server.core.trace import TurnTrace
from hive_mind.speech.endpointing import EndpointSettings

_PAUSE_MS = EndpointSettings().speculate_ms


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage.

    Attributes:
        stage: its name.
        start_ms: from the beginning of the line; before it where negative.
        ms: how long it took.
    """

    stage: str
    start_ms: float
    ms: float


def waterfall(trace: TurnTrace) -> list[Bar]:
    """The bars of a turn, in order of their beginning."""
    bars = _local(trace) if trace.local else _ours(trace)
    if trace.playout_ms is not None:
        asked = next((bar.start_ms for bar in bars if bar.stage == "endpoint" and not trace.local), 0.0)
        bars.append(Bar("first_audio", asked, trace.playout_ms))
    return [bar for bar in bars if bar.ms > 0]


def _ours(trace: TurnTrace) -> list[Bar]:
    took, bars = trace.stages_ms, list[Bar]()
    if "stt" in took:
        bars.append(Bar("stt", -took["stt"], took["stt"]))
    if "endpoint" in took:  # recognition began at the pause that then was the end
        bars.insert(0, Bar("endpoint", -took.get("stt", took["endpoint"]) - _PAUSE_MS, took["endpoint"]))
    if "wake" in took:
        begin = bars[0].start_ms if bars else 0.0
        bars.insert(0, Bar("wake", begin - took["wake"], took["wake"]))
    at = 0.0
    for stage in ("understanding", "tool_choice", "plugin", "llm"):
        if stage not in took:
            continue
        if stage == "llm" and "llm_first_token" in took:
            first = min(took["llm_first_token"], took["llm"])
            bars += [Bar("llm_first_token", at, first), Bar("llm", at + first, took["llm"] - first)]
        else:
            bars.append(Bar(stage, at, took[stage]))
        at += took[stage]
    if "tts" in took:
        bars.append(Bar("tts", trace.timings_ms.get("first_piece", at), took["tts"]))
    return bars


def _local(trace: TurnTrace) -> list[Bar]:
    took, at, bars = trace.timings_ms, 0.0, list[Bar]()
    heard = took.get("question_end_to_first_audio", took.get("first_audio"))
    if "wake" in took:
        bars.append(Bar("wake", -took["wake"], took["wake"]))
    for stage in ("stt", "understanding", "repair"):
        if stage in took:
            bars.append(Bar(stage, at, took[stage]))
            at += took[stage]
    if "endpoint" in took:
        bars.append(Bar("endpoint", 0.0, took["endpoint"]))
        at = max(at, took["endpoint"])
    if "llm_first_token" in took:
        bars.append(Bar("llm_first_token", at, took["llm_first_token"]))
        at += took["llm_first_token"]
    voice = took.get("tts_first_audio")
    if voice is not None:
        bars.append(Bar("tts", max(0.0, heard - voice) if heard is not None else at, voice))
    if heard is not None and trace.playout_ms is None:
        bars.append(Bar("first_audio", 0.0, heard))
    return bars
