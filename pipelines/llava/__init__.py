"""LLaVA through transformers: questions about pictures."""
