"""Who may join the queue, and what is kept of those who may not: shares, places, cool-downs."""
