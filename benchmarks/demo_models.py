"""The figures of the bundled models, as the model cards hold them."""

from benchmarks import figures_llava, figures_sdxl
from benchmarks.table import show


def main() -> None:
    """Print both tables."""
    show("The bundled image model", ("what", "figure"), list(figures_sdxl.figures().items()))
    show("The bundled answer model", ("what", "figure"), list(figures_llava.figures().items()))


if __name__ == "__main__":
    main()
