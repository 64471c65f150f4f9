"""Becoming a client of the chosen server: with the six digits that it shows."""

from hive_mind.cli.client_pair import visitor
from hive_mind.cli.setup.setting_up import SettingUp
from hive_mind.client.access.credentials import CredentialsFile
from hive_mind.client.access.pairing import pair, read_link
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.websocket import is_loopback, server_url
from hive_mind.errors import ConfigError, HiveMindError
from hive_mind.language.messages import error_message, message


def pair_step(run: SettingUp) -> None:
    """Ask for a code, or a link, until one is right or the person wants to go on without."""
    server = str(run.setting("server"))
    url = "" if server == "auto" else server_url(server)
    file = CredentialsFile(run.config.state_folder)
    if url and (is_loopback(url) or file.find(url) is not None):
        return
    who = visitor(run.config, str(run.setting("room") or "") or None)
    while True:
        code = run.console.ask(message("setup.pair.code"), "").strip()
        if not code:
            run.problem("pair")
            return
        try:
            if code.startswith("http"):
                link = read_link(code)
                granted = pair(link.url, link.digits, who, SystemClock().today(), link.fingerprint)
                run.chosen["server"] = link.url if server != "auto" else "auto"
            elif url:
                granted = pair(url, "".join(code.split()), who, SystemClock().today())
            else:
                raise ConfigError("Which server?", code="LINK_INVALID")
        except HiveMindError as error:
            run.console.say(error_message(error.code))
            continue
        file.keep(granted)
        run.console.say(message("pair.done", server=granted.server))
        return
