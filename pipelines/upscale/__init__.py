"""Making finished pictures larger, with any upscaler that spandrel knows."""
