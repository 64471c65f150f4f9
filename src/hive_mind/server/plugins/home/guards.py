"""Locks and the alarm system: only unlocked, armed or disarmed after a yes (`confirm` in plugin.json)."""

from hive_mind.server.plugins.failure import Failure

from .asked import Asked, Result
from .doing import Deed
from .house import Entity
from .targets import named


async def lock(asked: Asked) -> Result:
    """Lock one door, or all of them."""
    deed = Deed("lock", "lock", done=lambda e: e.state in ("locked", "locking"))
    return asked.done("lock_close", await asked.do(deed, locks(asked)))


async def unlock(asked: Asked) -> Result:
    """Unlock one door, never several."""
    found = locks(asked)
    if len(found) > 1:
        raise Failure("WHICH_LOCK", "Several locks may be meant.", names=asked.listed(found))
    deed = Deed("lock", "unlock", done=lambda e: e.state in ("unlocked", "unlocking", "open", "opening"))
    return asked.done("lock_open", await asked.do(deed, found))


async def arm(asked: Asked) -> Result:
    """Arm the alarm system."""
    deed = Deed("alarm_control_panel", "alarm_arm_away", _code(asked), lambda e: e.state.startswith("arm"))
    return asked.done("alarm_arm", await asked.do(deed, _panel(asked)))


async def disarm(asked: Asked) -> Result:
    """Disarm it."""
    deed = Deed("alarm_control_panel", "alarm_disarm", _code(asked), lambda e: e.state == "disarmed")
    return asked.done("alarm_disarm", await asked.do(deed, _panel(asked)))


def locks(asked: Asked) -> list[Entity]:
    """The lock of that name; the only one, whatever it is called; or all, when none is named."""
    found = asked.of("lock")
    said = str(asked.params.get("name") or "")
    if said and len(found) > 1:
        found = named(said, "porte", found, asked.names)
    if not found:
        raise Failure("DEVICE_UNKNOWN", "Home Assistant has no such lock.", name=said or "serrure")
    return found


def _panel(asked: Asked) -> list[Entity]:
    found = asked.of("alarm_control_panel")
    if not found:
        raise Failure("DEVICE_UNKNOWN", "Home Assistant has no alarm system.", name="alarme")
    return found[:1]


def _code(asked: Asked) -> dict[str, str]:
    code = asked.config.get("alarm_code")
    return {"code": str(code)} if code else {}
