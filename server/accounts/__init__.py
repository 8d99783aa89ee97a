"""Who is asking: accounts, sessions, tokens, the owner; and the pages on which people sign in."""
