"""The page and its API. The only folder that speaks Gradio."""
