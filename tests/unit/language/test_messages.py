import importlib
import pkgutil

import pytest

import hive_mind.errors
from hive_mind.errors import HiveMindError
from hive_mind.language.messages import error_message, message


def test_a_message_is_filled() -> None:
    assert (
        message("up.ready", address="http://localhost:8000")
        == "Hive Mind est prêt à l'adresse http://localhost:8000."
    )


def test_an_unknown_key_is_our_fault() -> None:
    with pytest.raises(KeyError):
        message("no.such.thing")
    with pytest.raises(KeyError):
        message("up.ready")


def test_an_unknown_code_has_a_general_sentence() -> None:
    assert error_message("SOMETHING_NEW") == "Quelque chose n'a pas marché."


def test_every_error_class_has_its_sentence() -> None:
    classes = [
        cls
        for cls in vars(hive_mind.errors).values()
        if isinstance(cls, type) and issubclass(cls, HiveMindError)
    ]
    assert len(classes) > 5
    for cls in classes:
        assert error_message(cls.default_code) != error_message("SOMETHING_NEW"), cls


def test_language_imports_are_cheap() -> None:
    for module in pkgutil.iter_modules(importlib.import_module("hive_mind.language").__path__):
        importlib.import_module(f"hive_mind.language.{module.name}")
