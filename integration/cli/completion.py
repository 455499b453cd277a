"""`hookline completion bash|zsh|fish`: what the shell offers, made from the commands themselves."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A command as far as it was typed, such as `/jobs/list`. `offers` are the words that may
    follow with what each does, `values` what may stand behind an option."""

    path: str
    offers: Mapping[str, str]
    values: Mapping[str, list[str]]


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell that reads it")


def run(given: Namespace) -> str:
    places = list(_places(given.whole, ""))
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[given.shell](places)


def _places(parser: ArgumentParser, path: str) -> Iterator[Place]:
    offers: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            offers |= {each.dest: each.help or "" for each in action._choices_actions}
            for word, below in action.choices.items():
                yield from _places(below, f"{path}/{word}")
        elif action.option_strings:
            name = action.option_strings[-1]
            offers[name] = action.help or ""
            if action.choices:
                values[name] = [str(each) for each in action.choices]
        elif action.choices:
            offers |= {str(each): action.help or "" for each in action.choices}
    yield Place(path=path, offers=offers, values=values)


def _bash(places: list[Place]) -> str:
    cases = [
        *(
            f'        "{place.path} {name}") offered="{" ".join(values)}" ;;'
            for place in places
            for name, values in place.values.items()
        ),
        *(f'        "{each.path} "*) offered="{" ".join(each.offers)}" ;;' for each in places),
    ]
    return "\n".join(
        [
            "# Put this into ~/.bashrc:  source <(hookline completion bash)",
            "_hookline() {",
            '    local place="" word offered=""',
            '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
            f'        case "$place/$word" in {_paths(places, "|")}) place="$place/$word" ;; esac',
            "    done",
            '    case "$place ${COMP_WORDS[COMP_CWORD-1]}" in',
            *cases,
            "    esac",
            '    COMPREPLY=($(compgen -W "$offered" -- "${COMP_WORDS[COMP_CWORD]}"))',
            "}",
            "complete -o default -F _hookline hookline",
        ]
    )


def _zsh(places: list[Place]) -> str:
    cases = [
        *(
            f'        "{place.path} {name}") offered=({" ".join(map(_quoted, values))}) ;;'
            for place in places
            for name, values in place.values.items()
        ),
        *(f'        "{each.path} "*) offered=({_described(each)}) ;;' for each in places),
    ]
    return "\n".join(
        [
            "#compdef hookline",
            "# Put this into ~/.zshrc, after compinit:  source <(hookline completion zsh)",
            "_hookline() {",
            '    local place="" word',
            "    local -a offered",
            '    for word in "${(@)words[2,CURRENT-1]}"; do',
            f'        case "$place/$word" in {_paths(places, "|")}) place="$place/$word" ;; esac',
            "    done",
            '    case "$place ${words[CURRENT-1]}" in',
            *cases,
            "    esac",
            "    if (( $#offered )); then _describe hookline offered; else _files; fi",
            "}",
            "compdef _hookline hookline",
        ]
    )


def _fish(places: list[Place]) -> str:
    lines = [
        "# Put this into ~/.config/fish/completions/hookline.fish:  hookline completion fish",
        "function __hookline_place",
        '    set -l place ""',
        "    for word in (commandline -opc)[2..]",
        '        switch "$place/$word"',
        f"            case {_paths(places, ' ')}",
        '                set place "$place/$word"',
        "        end",
        "    end",
        '    echo "$place"',
        "end",
    ]
    for place in places:
        here = f'complete -c hookline -n \'test "$(__hookline_place)" = "{place.path}"\''
        for word, does in place.offers.items():
            if word.startswith("--"):
                values = " ".join(place.values.get(word, ()))
                more = f" -x -a {_quoted(values)}" if values else ""
                lines.append(f"{here} -l {word[2:]} -d {_quoted(does)}{more}")
            else:
                lines.append(f"{here} -f -a {_quoted(word)} -d {_quoted(does)}")
    return "\n".join(lines)


def _paths(places: list[Place], between: str) -> str:
    return between.join(each.path for each in places if each.path)


def _described(place: Place) -> str:
    return " ".join(_quoted(f"{word}:{does}") for word, does in place.offers.items())


def _quoted(text: str) -> str:
    """For all three shells: within single quotes nothing but a quote is special."""
    return "'" + text.replace("\\", "").replace("'", "’") + "'"
