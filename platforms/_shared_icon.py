"""Hookline's icon, for light and for dark pages."""

from __future__ import annotations

LIGHT = "#0b63ce"
DARK = "#4c9aff"
SHAPE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="{colour}"/>'
    '<path d="M20 6v11.5a5.75 5.75 0 0 1-11.5 0V16m0 0-2.6 3.2M8.5 16l2.7 3.1" fill="none"'
    ' stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>'
    '<circle cx="20" cy="6.5" r="2.3" fill="#fff"/></svg>\n'
)


def svg(colour: str = LIGHT) -> str:
    return SHAPE.format(colour=colour)
