"""Templates laid out in a network; those that begin alike ("est-ce que tu peux …") share the beginning."""

from collections.abc import Hashable, Mapping

from hive_mind.errors import UnderstandingError
from hive_mind.understanding.network import Network
from hive_mind.understanding.sentences import Block, SentenceSet
from hive_mind.understanding.template import Choice, Node, Rule, Sequence

_Template = tuple[int, Block, Node, Mapping[str, Node]]
_NOTHING = Sequence(())


def lay_out(found: SentenceSet, network: Network) -> list[int]:
    """Lay out all templates; answer the points where they start.

    Raises:
        UnderstandingError: a template names a rule or a slot type that is unknown; the file is named.
    """
    groups: dict[Hashable, list[_Template]] = {}
    for owner, (block, node, rules) in enumerate(found.templates):
        head = _head(node)
        key: Hashable = (block.when, head, _meanings(head, rules)) if head != _NOTHING else owner
        groups.setdefault(key, []).append((owner, block, node, rules))
    return [_lay_out_group(templates, network) for templates in groups.values()]


def _lay_out_group(templates: list[_Template], network: Network) -> int:
    owner, block, node, rules = templates[0]
    try:
        if len(templates) == 1:
            return network.add(node, owner, rules)
        start, end = network.begin(_head(node), (template[0] for template in templates), rules)
        for owner, block, node, rules in templates:  # noqa: B007 - the block is for the fault below
            network.add(_rest(node), owner, rules, end)
    except UnderstandingError as error:
        raise UnderstandingError(f"sentence file {block.source}: {error.message}") from error
    return start


def _head(node: Node) -> Node:
    """The first piece of a template that has several, when it is no plain text."""
    if isinstance(node, Sequence) and len(node.items) > 1 and isinstance(node.items[0], Choice | Rule):
        return node.items[0]
    return _NOTHING


def _rest(node: Node) -> Node:
    return Sequence(node.items[1:]) if isinstance(node, Sequence) else node


def _meanings(node: Node, rules: Mapping[str, Node]) -> tuple[int, ...]:
    """Which rules a piece stands for, whatever they are called in its file."""
    found: list[int] = []
    seen: set[str] = set()
    nodes = [node]
    while nodes:
        piece = nodes.pop()
        if isinstance(piece, Rule) and piece.name not in seen:
            seen.add(piece.name)
            meant = rules.get(piece.name)
            if meant is not None:
                found.append(id(meant))
                nodes.append(meant)
        elif isinstance(piece, Sequence | Choice):
            nodes.extend(piece.items)
    return tuple(found)
