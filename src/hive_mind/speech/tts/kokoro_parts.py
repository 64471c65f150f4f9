"""The two parts of a Kokoro model on disk: made once, beside the model, named by what they were made from."""

import hashlib
import io
import logging
import platform
import shutil
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from hive_mind.disk import flush
from hive_mind.memory import WEIGHTS
from hive_mind.speech.tts.kokoro_graph import Amplitudes, Graph, Means

log = logging.getLogger(__name__)

RECIPE = "5"
"""Changes when `kokoro_graph` makes something else of the same model."""


_SMALL = 1024
"""Bytes up to which a weight stays in the graph."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the two parts are.

    Attributes:
        text: the ONNX file from phonemes to frames.
        decoder: the ONNX file from frames to audio.
    """

    text: Path
    decoder: Path


def parts_of(model: Path, voice: str) -> Parts | None:
    """The parts of a model for a voice; None when they cannot be had, which is said in the log.

    Made when missing, which needs the package `onnx` and a folder that can be written. A second process that
    makes them at the same time does no harm.

    Args:
        model: the published `model.onnx`.
        voice: name of the voice; the decoder of the one that was measured is fast.
    """
    digest = _digest(model)
    measured = measurements(digest, voice)
    signed = has_dot_products()
    kind = f"{'s8' if signed else 'u8'}-{measured.digest}" if measured else "plain"
    made = Parts(
        text=model.with_name(f"text-{digest[:12]}-{RECIPE}.onnx"),
        decoder=model.with_name(f"decoder-{digest[:12]}-{RECIPE}-{kind}.onnx"),
    )
    if made.text.exists() and made.decoder.exists():
        return made
    try:
        import onnx
    except ImportError:
        log.info("The package onnx is not installed: Kokoro speaks a clause at a time.")
        return None
    try:
        graph = Graph(model)
        decoder = (
            graph.decoder(measured.amplitudes, measured.means, signed=signed)
            if measured
            else graph.decoder({}, {}, signed=signed)
        )
        for path, part in ((made.text, graph.text_part()), (made.decoder, decoder)):
            _save(onnx, part, path)
    except Exception as error:  # noqa: BLE001 - a strange graph fails in many ways; the whole one still speaks
        log.warning("Kokoro's network cannot be cut (%r): it speaks a clause at a time.", error)
        return None
    for old in {*model.parent.glob("text-*.onnx*"), *model.parent.glob("decoder-*.onnx*")}:
        if f"-{digest[:12]}-{RECIPE}" not in old.name:
            old.unlink(missing_ok=True)
    return made


def _save(onnx: Any, part: Any, path: Path) -> None:
    """The graph in a file, its weights in one beside it, which onnxruntime maps instead of reading it."""
    folder = path.with_name(f"{path.name}.{uuid4().hex}.part")
    folder.mkdir()
    try:
        weights = path.name + WEIGHTS
        onnx.save(
            part,
            str(folder / path.name),
            save_as_external_data=True,
            all_tensors_to_one_file=True,
            location=weights,
            size_threshold=_SMALL,
        )
        (folder / weights).chmod(0o644)  # onnx leaves it to its owner alone
        flush(folder / weights)
        flush(folder / path.name)
        (folder / weights).replace(path.with_name(weights))
        (folder / path.name).replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured of a voice in its network: `benchmarks/kokoro_measure.py` makes the file.

    Attributes:
        amplitudes: greatest absolute value of each channel of a convolution's output, by its name.
        means: usual value of each channel's statistics, by their name.
        digest: tells one set of measurements from another.
    """

    amplitudes: dict[str, Amplitudes]
    means: dict[str, Means]
    digest: str


def measurements(digest: str, voice: str) -> Measurements | None:
    """What was measured for the model with this SHA-256 and this voice, if it was."""
    packed = resources.files(__package__).joinpath("data/kokoro_measured.npz").read_bytes()
    with np.load(io.BytesIO(packed)) as data:
        if (str(data["model"]), str(data["voice"])) != (digest, voice):
            return None
        found: dict[str, dict[str, Amplitudes]] = {"amplitude": {}, "mean": {}}
        for key in data.files:
            kind, _, name = key.partition(":")
            if kind in found:
                found[kind][name] = data[key].astype(np.float32)
    return Measurements(found["amplitude"], found["mean"], hashlib.sha256(packed).hexdigest()[:8])


def has_dot_products() -> bool:
    """Whether this CPU multiplies unsigned by signed bytes without saturating (x86 VNNI, any 64-bit ARM)."""
    if platform.machine().lower() in {"aarch64", "arm64"}:
        return True
    try:
        return "_vnni" in Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
