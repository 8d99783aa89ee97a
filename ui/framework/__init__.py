"""Where the page depends on the inside of Gradio: files, memory, calls, MCP."""
