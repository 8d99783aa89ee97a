"""Where the page reaches into Gradio: files, memory, calls, MCP."""
