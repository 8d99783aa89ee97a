"""The npm packages the drawings and their words come from, kept in a cache folder outside git.

Source: Iconify icon sets (https://iconify.design), emojibase-data (https://emojibase.dev).
"""

import json
import os
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

# A rehearsal sets both, and touches neither what is kept nor what is bundled.
CACHE = Path(os.environ.get("DEMO_MODELS_CACHE") or Path(__file__).parents[1] / ".cache").resolve()
BUNDLED = Path(os.environ.get("DEMO_MODELS") or Path(__file__).parents[2] / "assets" / "models").resolve()

STYLE_PACKAGES = {
    "flat": "@iconify-json/fluent-emoji-flat@1.2.6",  # MIT, Microsoft
    "3d": "@iconify-json/fluent-emoji@1.2.7",  # MIT, Microsoft
    "noto": "@iconify-json/noto@1.2.9",  # Apache-2.0, Google
    "twemoji": "@iconify-json/twemoji@1.2.5",  # CC BY 4.0, Twitter and others
}
# Never trained on and never bundled: what models do on drawings of an unknown hand is measured on it.
UNSEEN_PACKAGES = {"openmoji": "@iconify-json/openmoji@1.2.29"}  # CC BY-SA 4.0, OpenMoji
WORDS_PACKAGE = "emojibase-data@17.0.0"  # MIT


def archive(package: str) -> Path:
    """The package's tarball, downloaded by the ordinary npm client if it is not in the cache yet.

    Raises:
        FileNotFoundError: npm is missing or could not fetch the package.
    """
    name, version = package.rsplit("@", 1)
    path = CACHE / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["npm", "pack", "--silent", package], cwd=CACHE, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise FileNotFoundError(f"{package} is not in {CACHE} and npm could not fetch it: {error}") from error
    return path


def cached(package: str) -> bool:
    """Whether the package is at hand without a network."""
    name, version = package.rsplit("@", 1)
    return (CACHE / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz").exists()


@cache
def read_json(package: str, member: str) -> Any:
    """One JSON file of a package, for example ``icons.json``.

    Raises:
        FileNotFoundError: the package can't be had, or has no such file.
    """
    with tarfile.open(archive(package)) as tar:
        try:
            file = tar.extractfile(f"package/{member}")
        except KeyError:
            file = None
        if file is None:
            raise FileNotFoundError(f"{package} has no {member}")
        return json.loads(file.read())
