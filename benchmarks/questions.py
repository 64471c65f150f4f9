"""What is asked in the voice benchmarks, and in whose voice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.files import read_audio, resample
from hive_mind.speech.tts.kokoro import KokoroVoice

COMMANDS = (
    "Quelle heure est-il ?",
    "On est quel jour ?",
    "Mets un minuteur de dix minutes.",
    "Lance le chronomètre.",
    "Arrête le chronomètre.",
    "Annule le minuteur.",
    "Il est quelle heure ?",
    "Minuteur trente secondes.",
    "Quelle est la date ?",
    "Mets un minuteur de deux minutes.",
)
OPEN = (
    "Quelle est la capitale de l'Italie ?",
    "Pourquoi le ciel est bleu ?",
    "Combien de pattes a une araignée ?",
    "Raconte-moi une blague courte.",
    "Qui a peint la Joconde ?",
    "Comment fait-on une omelette ?",
    "Quel est le plus grand océan du monde ?",
    "Donne-moi une idée de cadeau pour ma mère.",
    "Que mangent les hérissons ?",
    "Qui était Napoléon ?",
)
SPEAKERS = {
    "ff_siwis": {"ff_siwis": 1.0},
    "siwis+bella": {"ff_siwis": 0.65, "af_bella": 0.35},
    "siwis+alex": {"ff_siwis": 0.65, "em_alex": 0.35},
    "siwis+nicola": {"ff_siwis": 0.6, "im_nicola": 0.4},
}
"""Who asks: the French style vectors, pure and mixed with others. A pure foreign style is no
French that Whisper base understands. The others come from `kokoro-voices-all`."""

RECORDED = {
    "jlo_quelle_heure_est_il": "command",
    "jlo_minuteur_1_heure": "command",
    "jlo_minuteur_30_secondes": "command",
    "mh_quel_jour_sommes_nous": "command",
    "mh_minuteur_5_minutes": "command",
    "mh_minuteur_3_heures_et_10_minutes": "command",
}
"""File stems of real recordings that hold commands of today's grammar."""


@dataclass(frozen=True)
class Question:
    """One spoken question.

    Attributes:
        kind: "command" or "open": who is meant to answer.
        source: the voice, or "recording".
        samples: mono at `SAMPLE_RATE`.
    """

    kind: str
    text: str
    source: str
    samples: Samples


def speakers(models: Path, folder: Path) -> dict[str, TextToSpeech]:
    """The voices of `SPEAKERS`.

    Args:
        models: folder of the model store.
        folder: takes the mixed style vectors.
    """
    voices: dict[str, TextToSpeech] = {}
    for name, mix in SPEAKERS.items():
        styles = (np.fromfile(models / "kokoro-voices" / f"{v}.bin", np.float32) * w for v, w in mix.items())
        path = folder / f"{name}.bin"
        np.sum(list(styles), axis=0, dtype=np.float32).tofile(path)
        voices[name] = KokoroVoice(models / "kokoro-82m-int8", path, streaming=False)
    return voices


def spoken(voice: TextToSpeech, text: str) -> Samples:
    """The text in that voice, at `SAMPLE_RATE`."""
    pieces = list(voice.synthesize(text))
    clip = Clip(np.concatenate(pieces), voice.capabilities.rate)
    return resample(clip, SAMPLE_RATE).samples


def synthesised(kind: str, count: int, voices: dict[str, TextToSpeech]) -> Iterator[Question]:
    """`count` questions, going round texts and voices so that no pair repeats early."""
    texts = COMMANDS if kind == "command" else OPEN
    names = list(voices)
    for i in range(count):
        text, name = texts[i % len(texts)], names[(i + i // len(texts)) % len(names)]
        yield Question(kind, text, name, spoken(voices[name], text))


def recorded(folder: Path) -> Iterator[Question]:
    """Real recordings from a folder, wherever in it they are; none when it holds none."""
    for stem, kind in RECORDED.items():
        for path in sorted(folder.rglob(f"{stem}.flac")):
            yield Question(kind, stem.replace("_", " "), "recording", read_audio(path).samples)
