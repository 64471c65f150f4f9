"""Which version of the protocol two peers speak."""

from hive_mind.errors import ProtocolError
from hive_mind.protocol.messages import MIN_PROTOCOL_VERSION, PROTOCOL_VERSION


def negotiate(theirs: int, ours: int = PROTOCOL_VERSION, minimum: int = MIN_PROTOCOL_VERSION) -> int:
    """The version both sides will speak: the lower one.

    Raises:
        ProtocolError: VERSION_UNSUPPORTED when that is below `minimum`.
    """
    version = min(theirs, ours)
    if version < minimum:
        raise ProtocolError(
            f"The peer speaks version {theirs} of the protocol; at least {minimum} is needed: update it.",
            code="VERSION_UNSUPPORTED",
        )
    return version
