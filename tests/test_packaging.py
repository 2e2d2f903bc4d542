"""What is installed is what is here."""

from __future__ import annotations

import fnmatch
import importlib
import tomllib
from importlib.metadata import entry_points, requires, version
from pathlib import Path
from typing import Any

import pytest

import kg

ROOT = Path(__file__).parents[1]
TOP = ("kg", "loaders", "queries", "ontology")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _packages() -> dict[str, Path]:
    """Folders that hold modules, by the name that they are imported by."""
    folders = (folder for top in TOP for folder in (ROOT / top, *(ROOT / top).rglob("*/")))
    return {
        ".".join(("kg", *parts) if parts[0] != "kg" else parts): folder
        for folder in folders
        if (folder / "__init__.py").exists() and (parts := folder.relative_to(ROOT).parts)
    }


def test_every_folder_is_in_the_list_of_packages(project: dict[str, Any]) -> None:
    assert sorted(project["tool"]["setuptools"]["packages"]) == sorted(_packages())


def test_every_folder_with_modules_is_a_package() -> None:
    for top in TOP:
        for file in (ROOT / top).rglob("*.py"):
            assert (file.parent / "__init__.py").exists(), f"{file.parent} lacks an __init__.py"


def test_every_file_of_data_is_packaged(project: dict[str, Any]) -> None:
    given: dict[str, list[str]] = project["tool"]["setuptools"]["package-data"]
    packages = {folder: name for name, folder in _packages().items()}
    for top in TOP:
        for file in (ROOT / top).rglob("*"):
            if file.is_dir() or file.suffix in (".py", ".pyc"):
                continue
            home = next(folder for folder in file.parents if folder in packages)
            inner = file.relative_to(home).as_posix()
            patterns = given.get(packages[home], [])
            assert any(fnmatch.fnmatch(inner, p) and inner.count("/") == p.count("/") for p in patterns), (
                f"{file.relative_to(ROOT)} is in no package-data of {packages[home]}"
            )


def test_the_version_is_told_once_each(project: dict[str, Any]) -> None:
    assert kg.__version__ == project["project"]["version"] == version("kg-news")
    assert f"## {kg.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_door_offers_what_it_says() -> None:
    for name in kg.__all__:
        assert getattr(kg, name) is not None
    assert set(kg.__all__) <= set(dir(kg))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = kg.nothing


def test_every_module_says_what_it_offers() -> None:
    for name, folder in _packages().items():
        for file in folder.glob("*.py"):
            if file.name not in ("__init__.py", "__main__.py"):
                module = importlib.import_module(f"{name}.{file.stem}")
                assert module.__doc__, f"{module.__name__} has no docstring"
                for offered in module.__all__:
                    assert hasattr(module, offered), f"{module.__name__} has no {offered}"


def test_our_loaders_are_entry_points(project: dict[str, Any]) -> None:
    declared = project["project"]["entry-points"]["kg.loaders"]
    installed = {p.name: p for p in entry_points(group="kg.loaders")}
    for name, value in declared.items():
        assert installed[name].value == value
        assert installed[name].load().name == name


def test_every_dependency_has_an_upper_bound(project: dict[str, Any]) -> None:
    for requirement in project["project"]["dependencies"]:
        assert ",<" in requirement, f"{requirement} could break us with its next major version"
    assert requires("kg-news")


def test_the_licence_is_there_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text
    assert "END OF TERMS AND CONDITIONS" in text
