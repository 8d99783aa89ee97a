"""Other machines: patient requests, bounded downloads, proxies."""
