"""What the plugin does."""

from typing import Any

from hive_mind.server.core.plugin import Plugin


class TemplatePlugin(Plugin):
    """Greets, and counts how often it did."""

    async def execute(self, intent: str, params: dict[str, Any]) -> dict[str, Any]:
        """Do what was asked; the answer's words are in replies/fr.toml."""
        kept = await self.services.storage.get("count")
        count = kept + 1 if isinstance(kept, int) else 1
        await self.services.storage.put("count", count)
        who = params.get("who")
        return {
            "success": True,
            "reply": "greet_somebody" if who else intent,
            "greeting": self.config["greeting"],
            "who": who,
            "count": count,
            "untrusted": False,
        }

    def get_prompt_context(self) -> str:
        """What the language model should know."""
        return "template_greet : dire bonjour (who : un prénom, facultatif)."
