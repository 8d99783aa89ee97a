"""Networks that look at pictures for the safety rules."""
