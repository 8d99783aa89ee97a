"""Promises about the architecture that no type checker keeps."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "pipelines", "safety", "store", "ui", "server", "startup")
HEAVY = {"torch", "diffusers", "transformers", "replicate", "bitsandbytes", "boto3", "ray", "accelerate"}
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def test_starting_the_program_imports_no_model_library():
    program = "import app, sys; print(sorted(name for name in sys.modules if '.' not in name))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(ast.literal_eval(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "path",
    [*MODULES, *(ROOT / f"{name}.py" for name in ("app", "settings", "wiring"))],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_file_is_small_and_says_what_it_is(path):
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= 250
    assert ast.get_docstring(ast.parse(source)), "every module begins with one sentence on what it is"


def _classes(path):
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node, [ast.unparse(base).rsplit(".", 1)[-1] for base in node.bases]


def _methods(node):
    """Return name, names of the parameters and result of each method."""
    functions = [each for each in node.body if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")]
    return {(each.name, *(one.arg for one in each.args.args), ast.unparse(each.returns)) for each in functions}


def test_a_class_that_implements_a_protocol_of_core_says_so():
    """Then the type checker compares the two where the class is written, not only where it happens to be passed."""
    protocols = {
        node.name: _methods(node)
        for name in ("ports", "storage", "queries", "people")
        for node, bases in _classes(ROOT / "core" / f"{name}.py")
        if "Protocol" in bases
    }
    outside = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "core"]
    classes = [(node, bases) for path in outside for node, bases in _classes(path)]
    assert set(protocols) <= {base for _, bases in classes for base in bases}
    silent = [
        (node.name, name)
        for node, bases in classes
        for name, methods in protocols.items()
        if methods <= _methods(node) and name not in bases
    ]
    assert not silent


def test_settings_are_read_in_one_place():
    """What else reads the environment reads variables of libraries, of the desktop or of remote accounts."""
    others = {
        "pipelines/catalogue/availability.py",  # keys of remote accounts, which a row of models.yaml names
        "pipelines/machine/device.py",
        "pipelines/network/proxies.py",
        "pipelines/replicate/account.py",
        "pipelines/speech/google.py",
        "server/addresses/desktop.py",
        "server/addresses/visitor.py",  # set for uvicorn
        "startup/environment.py",
    }
    readers = {str(path.relative_to(ROOT)) for path in MODULES if "os.environ" in path.read_text("utf-8")}
    assert readers <= others


def test_no_file_has_a_name_that_says_nothing():
    empty_names = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert not [path for path in MODULES if path.stem in empty_names]


def test_the_page_resolves_its_annotations_at_run_time():
    """Gradio drops the visitor's identity from a handler whose annotations it cannot resolve."""
    hidden = [path for path in (ROOT / "ui").rglob("*.py") if "TYPE_CHECKING" in path.read_text("utf-8")]
    assert not hidden


def test_no_file_is_too_large_for_a_clone():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    assert not [path.name for path in files if path.exists() and path.stat().st_size > 50_000_000]
    weights = [path for path in files if "models" in path.parts and path.exists()]
    assert sum(path.stat().st_size for path in weights) <= 150_000_000
