"""Finds every extension once, at the start, and refuses a malformed one by name.

An extension is a module, or a package, that defines one constant: TRIGGER, ACTION, SEARCH, OPTIONS,
PROVIDER or PLATFORM. Its key is its file's name. A name that starts with `_` is a shared part of
its neighbours. An import registers nothing: `load` returns a value.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isclass
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import Any

from integration.kernel.catalog import Catalog
from integration.kernel.catalog_rules import KEY, faults
from integration.kernel.errors import CatalogError
from integration.kernel.specs import Action, Options, Platform, Provider, Search, Trigger

HERE = Path(__file__).parent.parent
FOLDERS: Mapping[str, tuple[str, ...]] = {
    "triggers": ("TRIGGER",),
    "actions": ("ACTION", "SEARCH"),
    "options": ("OPTIONS",),
    "providers": ("PROVIDER",),
    "platforms": ("PLATFORM",),
}
KINDS: Mapping[str, type] = {
    "TRIGGER": Trigger,
    "ACTION": Action,
    "SEARCH": Search,
    "OPTIONS": Options,
    "PROVIDER": Provider,
    "PLATFORM": Platform,
}
# What the import of a faulty file raises; the error keeps the traceback as its cause.
MISTAKES = (ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an extension lies: `stem` is the file's name without its ending."""

    root: Path
    folder: str
    stem: str
    ending: str

    def __str__(self) -> str:
        return f"{self.folder}/{self.stem}{self.ending}"


def load(*, beside: Sequence[Path] = ()) -> Catalog:
    """The catalog of this checkout's extensions and of those `beside` it.

    `beside` are further roots with the same folder names. CatalogError names the file and the mend.
    """
    tables: dict[str, dict[str, Any]] = {constant: {} for constant in KINDS}
    found: list[tuple[Place, Any]] = []
    for place in _places((HERE, *beside)):
        constant, spec = _extension(place)
        if place.stem in tables[constant]:
            raise CatalogError(f"{place}: there is one called '{place.stem}'; rename this file.")
        tables[constant][place.stem] = spec
        found.append((place, spec))
    for place, spec in found:
        mends = faults(spec, tables["OPTIONS"])
        if mends:
            raise CatalogError(f"{place}: {' '.join(mends)}")
    return _catalog(tables)


def _places(roots: Sequence[Path]) -> Iterator[Place]:
    for root, folder in product(roots, FOLDERS):
        for module in iter_modules([str(root / folder)]):
            if not module.name.startswith("_"):
                ending = "/__init__.py" if module.ispkg else ".py"
                yield Place(root=root, folder=folder, stem=module.name, ending=ending)


def _extension(place: Place) -> tuple[str, Any]:
    """Returns the file's one constant and its value; refuses a constant of another folder."""
    module, allowed = _import(place), FOLDERS[place.folder]
    defined = [constant for constant in KINDS if hasattr(module, constant)]
    if len(defined) != 1 or defined[0] not in allowed:
        wanted, given = " or ".join(allowed), " and ".join(defined) or "none"
        raise CatalogError(f"{place} must define one constant, {wanted}; it defines {given}.")
    spec = getattr(module, defined[0])
    _refuse_other_kinds(place, defined[0], spec)
    return defined[0], spec


def _import(place: Place) -> ModuleType:
    try:
        if place.root == HERE:
            return importlib.import_module(f"{place.folder}.{place.stem}")
        return _import_file(place.root / str(place))
    except MISTAKES as error:
        raise CatalogError(f"{place} cannot be loaded: {error}. Mend that line.") from error


def _import_file(file: Path) -> ModuleType:
    """Names the module by its path: a file beside ours may have the name of one of ours."""
    spec = spec_from_file_location(str(file), file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _refuse_other_kinds(place: Place, constant: str, spec: Any) -> None:
    kind = KINDS[constant]
    if kind is Provider:
        fits, wanted = isclass(spec) and issubclass(spec, kind), "a class that inherits Provider"
    else:
        fits, wanted = isinstance(spec, kind), f"one {kind.__name__}(…)"
    if not fits:
        raise CatalogError(f"{place}: {constant} must be {wanted}; specs.py shows its parts.")
    key = getattr(spec, "key", None)
    if not KEY.fullmatch(place.stem):
        raise CatalogError(
            f"{place}: a file's name is its key; rename it to 2 to 61 small letters, digits and"
            " underscores, such as 'inbound_sms'."
        )
    if key != place.stem:
        raise CatalogError(f"{place}: its key is '{key}' and must be the file's, '{place.stem}'.")


def _catalog(tables: Mapping[str, dict[str, Any]]) -> Catalog:
    frozen = {name: MappingProxyType(dict(sorted(table.items()))) for name, table in tables.items()}
    return Catalog(
        triggers=frozen["TRIGGER"],
        actions=frozen["ACTION"],
        searches=frozen["SEARCH"],
        options=frozen["OPTIONS"],
        providers=frozen["PROVIDER"],
        platforms=frozen["PLATFORM"],
    )
