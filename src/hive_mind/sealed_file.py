"""One small file with words that somebody said at home: sealed with the house's key, replaced whole."""

from pathlib import Path

from hive_mind.crypto import Vault, load_keys
from hive_mind.disk import replace_whole


class SealedFile:
    """See above.

    Args:
        folder: of the house's data; the key file there is the one that seals the conversation.
        name: of the file.
        key: base64 of the key, where it comes from the environment.
    """

    def __init__(self, folder: Path, name: str, key: str | None = None) -> None:
        self._path = folder / name
        self._label = name.replace("-", " ")
        self._key_file = folder / "context.key"
        self._key = key

    def read(self) -> bytes | None:
        """What is in it; None when there is no such file.

        Raises:
            ConfigError: the key cannot be made or read.
            ContextError: it is damaged, or sealed with another key.
            OSError: the disk refuses.
        """
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return self._vault().open(sealed, self._label)

    def write(self, data: bytes) -> None:
        """Replace it.

        Raises:
            ConfigError: the key cannot be made or read.
            OSError: the disk is full, or refuses; the old file stands.
        """
        replace_whole(self._path, self._vault().seal(data, self._label))

    def reseal(self) -> None:
        """Seal it with the newest key, if there is such a file.

        Raises:
            ConfigError: the key cannot be made or read.
            ContextError: it is damaged, or sealed with another key.
            OSError: the disk refuses.
        """
        data = self.read()
        if data is not None:
            self.write(data)

    def remove(self) -> None:
        """Leave no file."""
        self._path.unlink(missing_ok=True)

    def _vault(self) -> Vault:
        return Vault(*load_keys(self._key, self._key_file))
