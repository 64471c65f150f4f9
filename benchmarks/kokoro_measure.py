"""Measure a Kokoro voice in its network: what `speech/tts/kokoro_graph.py` needs to make the decoder fast.

Says a few clauses with the published network and keeps, for each channel, the greatest amplitude of the
convolutions that become `QLinearConv`, and the mean of the statistics by which the decoder normalises.

    python -m benchmarks.kokoro_measure MODEL_DIR VOICE.bin src/hive_mind/speech/tts/data/kokoro_measured.npz
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from hive_mind.speech.tts import kokoro_graph as graph
from hive_mind.speech.tts.kokoro import LEAD_FRAMES, SOURCE_STEPS
from hive_mind.speech.tts.phonemes import phonemize

CLAUSES = (
    "Rome.",
    "Non.",
    "Oui, bien sûr !",
    "La capitale de l'Italie est Rome.",
    "Il est quatorze heures trente.",
    "Chronomètre arrêté à deux minutes trente-quatre secondes.",
    "Un trou noir est une région de l'espace où la gravité est si forte que rien ne peut s'en échapper.",
    "Quel jour sommes-nous ?",
    "Pour faire une omelette, battez trois œufs, ajoutez du sel et du poivre, puis du beurre.",
    "Minuteur de dix minutes lancé.",
    "Le soleil chauffe, et Jacques juge joliment.",
    "Bonne question, voyons voir ça.",
    "Paris compte environ deux millions d'habitants.",
)
MARGIN = 1.05
"""How far beyond what was seen an amplitude may go before it is clipped."""

FIRST_FRAMES = 34
"""Frames of a first window: amplitudes are measured in it too."""


def session(model: Any) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def cut(frames: dict[str, NDArray[Any]], start: int, stop: int) -> dict[str, NDArray[Any]]:
    return {
        graph.FRAMES: frames[graph.FRAMES][:, :, start:stop],
        graph.PITCH: frames[graph.PITCH][:, 2 * start : 2 * stop],
        graph.LOUDNESS: frames[graph.LOUDNESS][:, 2 * start : 2 * stop],
        graph.SOURCE: frames[graph.SOURCE][:, :, SOURCE_STEPS * start : SOURCE_STEPS * stop + 1],
        graph.STYLE: frames[graph.STYLE],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("voice", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    model = arguments.model_dir / "model.onnx"
    vocabulary = json.loads((arguments.model_dir / "vocab.json").read_text("utf-8"))["vocab"]
    styles = np.fromfile(arguments.voice, dtype=np.float32).reshape(-1, 1, 256)
    walked = graph.Graph(model)
    outputs = [convolution.output for convolution in walked.convolutions()]
    statistics = walked.statistics()
    text, decoder = session(walked.text_part()), session(walked.with_outputs([*outputs, *statistics]))
    amplitudes: dict[str, NDArray[np.float32]] = {}
    means: dict[str, list[NDArray[np.float32]]] = {}
    for clause in CLAUSES:
        ids = [vocabulary[p] for p in phonemize(clause) if p in vocabulary]
        tokens = np.array([[0, *ids, 0]], dtype=np.int64)
        said = text.run(
            graph.TEXT_OUTPUTS,
            {"tokens": tokens, "style": styles[len(ids)], "speed": np.ones(1, dtype=np.float32)},
        )
        frames = dict(zip(graph.TEXT_OUTPUTS, said, strict=True))
        begin = max(0, int(frames[graph.DURATIONS].reshape(-1)[0]) - LEAD_FRAMES)
        count = frames[graph.FRAMES].shape[2]
        for start, stop in ((begin, count), (begin, min(begin + FIRST_FRAMES, count))):
            results = decoder.run(outputs, cut(frames, start, stop))
            for name, value in zip(outputs, results, strict=True):
                seen = np.abs(value).max(axis=(0, 2))
                amplitudes[name] = np.maximum(seen, amplitudes.get(name, seen))
        for name, value in zip(statistics, decoder.run(statistics, cut(frames, begin, count)), strict=True):
            means.setdefault(name, []).append(value.reshape(-1))
        print(clause)
    packed: dict[str, Any] = {}
    for name, amplitude in amplitudes.items():
        packed[f"amplitude:{name}"] = np.maximum(amplitude * MARGIN, np.median(amplitude) / 100).astype(
            np.float16
        )
    for name, values in means.items():
        packed[f"mean:{name}"] = np.mean(values, axis=0).astype(np.float16)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    np.savez_compressed(arguments.out, model=digest, voice=arguments.voice.stem, **packed)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, onnx {onnx.__version__}")


if __name__ == "__main__":
    main()
