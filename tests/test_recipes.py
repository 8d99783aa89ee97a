"""The recipes of docs/extending.md, applied to a copy of the tree: each works, touching only what it names."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.recipes.apply import apply, copy, edited, recipe, state

# Title -> the most files it may touch, the module that tries it, and what that misses first without the recipe.
RECIPES = {
    "A parameter": (2, "parameter", "guidance_rescale"),
    "An action": (5, "action", "core.requests.compare"),
    "An engine": (2, "engine", "pipelines.gradient"),
    "A section": (2, "section", "ui.show.sections.draft"),
    "A rule": (2, "rule", "payment_card"),
}


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_and_touches_only_what_it_names(title, tmp_path):
    (most, module, _), work = RECIPES[title], tmp_path / "work"
    work.mkdir()
    wanted, tree = recipe(title), copy(tmp_path / "tree")
    assert len(wanted.named) <= most
    before = state(tree)
    apply(wanted, tree)
    after = state(tree)
    assert {path for path in after if before.get(path) != after[path]} == wanted.named
    _run(tree, "ruff", "check", "-q", *wanted.python)
    _run(tree, "ruff", "format", "--check", "-q", *wanted.python)
    _run(tree, f"tests.recipes.{module}", work)
    assert state(tree) == after, "trying it needed another file"


@pytest.mark.parametrize("title", RECIPES)
def test_without_its_recipe_a_trial_fails(title, tmp_path):
    """So that no trial passes for nothing."""
    _, module, missed = RECIPES[title]
    done = _run(copy(tmp_path / "tree"), f"tests.recipes.{module}", str(tmp_path), check=False)
    assert done.returncode == 1
    assert missed in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("diff", ["@@\n one\n+two\n", "@@\n three\n-four\n", "@@\n three\n@@\n one\n one\n"])
def test_an_edit_that_does_not_fit_one_place_is_refused(diff):
    with pytest.raises(AssertionError, match="places"):
        edited("one\none\nthree\n", diff, "file")


def _run(tree, module, *words, check=True):
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "RUFF_NO_CACHE": "true"}
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0 or not check, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done
