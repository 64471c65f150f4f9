"""A plugin's settings as a form, and a form as settings."""

import pytest

from hive_mind.errors import ConfigError
from hive_mind.server.core.plugin_form import check_secrets, filled, form
from hive_mind.server.core.plugin_manifest import Manifest

MANIFEST = Manifest.model_validate(
    {
        "name": "lamp",
        "version": "1",
        "description": "Une lampe",
        "intents": ["lamp_on"],
        "config": {
            "place": "salon",
            "steps": 3,
            "warm": True,
            "words": ["lampe"],
            "deep": {"a": 1},
            "key_env": "LAMP_KEY",
            "user_env": "LAMP_USER",
        },
        "permissions": {"optional": ["LAMP_USER"]},
        "labels": {"place": "Pièce", "key_env": "Clé"},
    }
)


def test_every_value_has_its_kind_and_secrets_have_no_value() -> None:
    fields = {
        one.key: one for one in form(MANIFEST, {"steps": 5}, {"LAMP_USER": "moi"}, {"LAMP_KEY": "s3cret"})
    }
    kinds = {key: one.kind for key, one in fields.items()}
    assert kinds == {
        "place": "text", "steps": "number", "warm": "switch", "words": "lines",
        "LAMP_KEY": "secret", "LAMP_USER": "secret",
    }  # fmt: skip
    assert (fields["steps"].value, fields["steps"].default) == (5, 3)
    assert (fields["place"].label, fields["LAMP_KEY"].label) == ("Pièce", "Clé")
    assert (fields["LAMP_KEY"].source, fields["LAMP_USER"].source) == ("house", "environment")
    assert (fields["LAMP_KEY"].needed, fields["LAMP_USER"].needed) == (True, False)
    assert "s3cret" not in repr(fields)
    assert "moi" not in repr(fields)


def test_only_what_differs_is_kept() -> None:
    assert filled(MANIFEST, {"place": "salon", "steps": 4, "words": ["lampe", "lumière"]}) == {
        "steps": 4,
        "words": ["lampe", "lumière"],
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"warm": "oui"}, "SETTING_INVALID"),
        ({"steps": True}, "SETTING_INVALID"),
        ({"words": ["a", 1]}, "SETTING_INVALID"),
        ({"place": "x" * 3000}, "SETTING_INVALID"),
        ({"deep": {}}, "SETTING_UNKNOWN"),
        ({"LAMP_KEY": "x"}, "SETTING_UNKNOWN"),
    ],
)
def test_what_does_not_fit(given: dict[str, object], code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        filled(MANIFEST, given)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_secrets_of_others_are_refused() -> None:
    check_secrets(MANIFEST, {"LAMP_KEY": "x", "LAMP_USER": None})
    with pytest.raises(ConfigError):
        check_secrets(MANIFEST, {"HOME": "/"})
