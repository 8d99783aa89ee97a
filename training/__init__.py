"""How the bundled demo models were made, from registry packages; nothing in the product imports this."""
