"""Whether the Lua code of a script fits its declaration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integration.store.key import Key
from integration.store.lua_names import GIVEN, KEYWORDS, Names, names_of
from integration.store.signature import ScriptError, Signature


def refuse_misfits(
    name: str, signature: Signature, makes: Sequence[object], parts: Sequence[str]
) -> None:
    """Raises ScriptError with all that does not fit.

    A function may call its parameters and locals by declared names: other scripts share it.
    """
    if strange := [each for each in makes if not isinstance(each, Key)]:
        raise ScriptError(
            f"{name}: makes takes keys of integration.store.keys, not {strange[0]!r}."
        )
    try:
        names = names_of(parts)
    except ValueError as error:
        raise ScriptError(f"{name}: {error}.") from error
    made = {f"{each.name}_key": each for each in makes if isinstance(each, Key)}
    wrong = [*_misnamed({*signature.names, *made}, names), *_miscalled(made, names)]
    if wrong:
        raise ScriptError(f"{name}: the script {'; '.join(wrong)}.")


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
