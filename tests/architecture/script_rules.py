"""Whether the Lua code of a script fits its declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from integration.store.key import Key
from integration.store.signature import Signature
from tests.architecture.lua_names import GIVEN, KEYWORDS, Names, names_of


def misfits(signature: Signature, known: Mapping[str, Key | int], *parts: str) -> list[str]:
    """All that does not fit, each as the end of a sentence that begins with "the script".

    A function may call its parameters and locals by declared names: other scripts share it.
    """
    try:
        names = names_of(parts)
    except ValueError as error:
        return [f"cannot be read: {error}"]
    made = {name: each for name, each in known.items() if isinstance(each, Key) and each.parts}
    return [*_misnamed({*signature.names, *known}, names), *_miscalled(made, names)]


def _misnamed(declared: set[str], names: Names) -> Iterator[str]:
    unknown = names.free - declared
    if missing := _listed(unknown - names.inner):
        yield f"uses {missing}, which nobody declares"
    if outside := _listed(unknown & names.inner):
        yield f"uses {outside} where no local of this name is visible"
    if hidden := _listed(declared & names.outer):
        yield f"hides {hidden}, which it declares, behind a local of the same name"
    if unused := _listed(declared - names.free - names.outer):
        yield f"declares {unused}, which it does not use"
    if taken := _listed(declared & (GIVEN | KEYWORDS)):
        yield f"declares {taken}, which is a name of Lua"


def _miscalled(made: dict[str, Key], names: Names) -> Iterator[str]:
    for called, given in sorted(names.calls):
        if called in made and given != len(made[called].parts):
            yield f"calls {called}({', '.join(made[called].parts)}) with {given} parts"


def _listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names))
