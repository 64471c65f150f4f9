"""How well the house does, in numbers without words: kept for as many days as the conversation."""
