"""Plugins that come with Hive Mind, one folder each, and the two small things they share.

`phrases` fills their French, `failure` is how they refuse. They import nothing else of the server's but the
contract, `hive_mind.server.core.plugin`.
"""
