"""HTTP around the page: who asks, what they may call, accounts, REST, health. Knows core, never Gradio."""
