"""Stable Diffusion XL through diffusers: base and refiner."""
