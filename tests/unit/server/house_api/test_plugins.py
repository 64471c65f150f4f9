"""Plugins: on and off, a form from the manifest, secrets that are never shown."""

import json
import os

import httpx
import pytest

from tests.fakes.running_server import Running

pytestmark = pytest.mark.anyio

SECRET = "tres-secret-8f3a"


async def the_plugin(api: httpx.AsyncClient, name: str) -> dict[str, object]:
    found = (await api.get("/plugins")).json()
    return next(dict(plugin) for plugin in found if plugin["name"] == name)


async def test_off_and_on(api: httpx.AsyncClient, home: Running) -> None:
    off = (await api.put("/plugins/lists", json={"enabled": False})).json()
    assert (off["state"], off["enabled"]) == ("disabled", False)
    assert not any(intent.startswith("list_") for intent in home.house.plugins.host.intents())
    on = (await api.put("/plugins/lists", json={"enabled": True})).json()
    assert on["state"] == "ready"


async def test_a_setting_of_the_form(api: httpx.AsyncClient, home: Running) -> None:
    fields = (await the_plugin(api, "weather"))["fields"]
    assert isinstance(fields, list)
    place = next(field for field in fields if field["key"] == "default_location")
    assert (place["kind"], place["value"]) == ("text", "Belfort, FR")
    wish = {"config": {"default_location": "Lyon, FR"}}
    told = (await api.put("/plugins/weather", json=wish)).json()
    place = next(field for field in told["fields"] if field["key"] == "default_location")
    assert (place["value"], place["default"]) == ("Lyon, FR", "Belfort, FR")
    kept = json.loads((home.house.config.plugins_path / "settings.json").read_text("utf-8"))
    assert kept["weather"]["config"] == {"default_location": "Lyon, FR"}
    await api.put("/plugins/weather", json={"config": {}})


async def test_a_secret_works_and_is_not_shown(api: httpx.AsyncClient, home: Running) -> None:
    before = await the_plugin(api, "home")
    assert before["state"] == "needs_config"
    answer = await api.put("/plugins/home", json={"secrets": {"HOME_ASSISTANT_TOKEN": SECRET}})
    field = next(f for f in answer.json()["fields"] if f["key"] == "HOME_ASSISTANT_TOKEN")
    assert (field["source"], field["value"]) == ("house", None)
    assert answer.json()["state"] != "needs_config"
    assert SECRET not in answer.text + (await api.get("/plugins")).text
    data = home.house.config.data_path
    assert not any(SECRET.encode() in path.read_bytes() for path in data.rglob("*") if path.is_file())
    gone = await api.put("/plugins/home", json={"secrets": {"HOME_ASSISTANT_TOKEN": None}})
    assert gone.json()["state"] == "needs_config"


async def test_the_environment_wins(api: httpx.AsyncClient, home: Running) -> None:
    name = "OPENWEATHER_API_KEY"
    os.environ[name] = "from-outside"
    try:
        await api.put("/plugins/weather", json={"secrets": {name: "typed"}})
        assert home.house.plugins.secrets[name] == "from-outside"
        field = next(f for f in (await the_plugin(api, "weather"))["fields"] if f["key"] == name)  # type: ignore[attr-defined]
        assert field["source"] == "environment"
    finally:
        del os.environ[name]
        await api.put("/plugins/weather", json={"secrets": {name: None}})


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"config": {"nonsense": 1}}, "SETTING_UNKNOWN"),
        ({"config": {"default_location": 3}}, "SETTING_INVALID"),
        ({"secrets": {"PATH": "x"}}, "SETTING_UNKNOWN"),
        ({"secrets": {"OPENWEATHER_API_KEY": "  "}}, "SETTING_INVALID"),
    ],
)
async def test_what_does_not_fit_is_refused(api: httpx.AsyncClient, wish: object, code: str) -> None:
    answer = await api.put("/plugins/weather", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await api.put("/plugins/nobody", json={"enabled": True})).json()["code"] == "PLUGIN_UNKNOWN"
