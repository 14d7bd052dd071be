"""Charts as SVG: numbers in, a picture out. Pure.

A picture has a title and a description, and stands beside a table of the same numbers: whoever cannot see it reads
that. Nothing is styled inside, because the policy forbids it: classes s1 to s5 are colours of console.css.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

_LEFT, _TOP, _BOTTOM = 44, 10, 24  # room for the numbers at the side, and for the words below
_GRID = 4  # lines, at most five


class Series(NamedTuple):
    """One colour of a chart: a name, a class of console.css, and a number for each place."""

    name: str
    css: str
    values: Sequence[int]


class Size(NamedTuple):
    """In units of the picture, which grows to the width of its place; `every`: how many places share one label."""

    width: int
    height: int
    every: int


WIDE, NARROW = Size(760, 220, 3), Size(360, 200, 6)


def nice(most: int) -> int:
    """Return a round number, 1, 2 or 5 with zeros, of which a few make up at least `most`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * _GRID >= most:
                return step * factor
        step *= 10


def stacked(
    labels: Sequence[str], series: Sequence[Series], *, title: str, about: str, size: Size, name: str
) -> Markup:
    """Draw columns, one for each label, of the series one upon the other.

    `title` says what it is and `about` what it shows; `name` is a word of its own in the page. Raises ValueError for
    a series that has not one number for each label.
    """
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("one number for each label")
    totals = [sum(one.values[at] for one in series) for at in range(len(labels))]
    step = nice(max(totals, default=0))
    top = step * max(-(-max(totals, default=0) // step), 1)
    height, width = size.height - _TOP - _BOTTOM, size.width - _LEFT
    parts = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">').format(
            size.width, size.height, name, name
        ),
        Markup('<title id="{}-t">{}</title><desc id="{}-d">{}</desc>').format(name, title, name, about),
    ]
    for value in range(0, top + 1, step):
        y = _TOP + height - height * value / top
        parts.append(Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(_LEFT, size.width, y, y))
        parts.append(Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(_LEFT - 6, y + 4, value))
    slot = width / max(len(labels), 1)
    for at, label in enumerate(labels):
        x, y = _LEFT + slot * at + slot * 0.15, float(_TOP + height)
        parts.append(Markup("<g><title>{}</title>").format(_spoken(label, series, at)))
        for one in series:
            tall = height * one.values[at] / top
            if tall > 0:
                y -= tall
                parts.append(
                    Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                        one.css, x, y, slot * 0.7, tall
                    )
                )
        parts.append(Markup("</g>"))
        if at % size.every == 0:
            middle = _LEFT + slot * (at + 0.5)
            parts.append(
                Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(middle, size.height - 6, label)
            )
    return Markup("").join([*parts, Markup("</svg>")])


def _spoken(label: str, series: Sequence[Series], at: int) -> str:
    told = [f"{one.name} {one.values[at]}" for one in series if one.values[at]]
    return f"{label}: {', '.join(told) or 0}"


def bar(value: int, most: int, css: str) -> Markup:
    """Draw one lying bar, to stand beside its number in a table: `value` of `most`."""
    share = 0.0 if most <= 0 else min(max(value / most, 0.0), 1.0) * 100
    return Markup(
        '<svg class="chart share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="{}" x="0" y="0" width="{:.1f}" height="10"/></svg>'
    ).format(escape(css), max(share, 0.5) if value else share)
