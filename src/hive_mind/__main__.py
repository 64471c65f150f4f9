"""`python -m hive_mind`: the command line."""

from hive_mind.cli.main import main

main()
