"""Other machines: requests with retries, bounded downloads, proxies."""
