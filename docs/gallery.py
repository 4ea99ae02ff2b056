"""Write the gallery: every figure with the command that draws it.

``python docs/gallery.py`` writes ``docs/gallery.md``; ``python docs/gallery.py --draw DIR`` draws
the pictures anew from results in a folder, where the commands of the page have left them (some of
them take minutes).
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent
IMAGES = DOCS / "images"
COLOURS = 256
"""Colours of a picture of the gallery: as many as it can name, for half the bytes."""

COMPARE = "deter compare ukraine/ceasefire -o results/ceasefire"
BREAK_EVEN = "deter sweep break_even_credibility"
CLAUSE = "deter sweep which_clause"
FRAMEWORK = "deter sweep which_framework"
UNKNOWNS = "deter sweep docs/gallery_unknowns.yaml -o results/unknowns"
LOSING = "deter sweep losing_a_guarantor"


@dataclass(frozen=True)
class Shown:
    """One figure of the gallery.

    Attributes
    ----------
    name : str
        Of the figure.
    folder : str
        Results it is drawn from, below ``results``; empty for a figure of one history.
    commands : tuple of str
        What draws it.
    remark : str
        How it is read.
    alt : str
        What a reader who cannot see it must know of the picture shown here.
    stem : str
        Of the picture's file where it is not the name.
    """

    name: str
    folder: str
    commands: tuple[str, ...]
    remark: str
    alt: str
    stem: str = ""

    @property
    def file(self) -> str:
        """Name of the picture."""
        return f"{self.stem or self.name}.png"


GALLERY = (
    Shown(
        "comparison",
        "ceasefire",
        (COMPARE,),
        "A dot is an estimate, the line its 95 % interval. Filled marks are told apart from the "
        "reference, hollow ones are not; frameworks that share a letter cannot be told apart. "
        "Of a sweep of a few cases it shows each case under each framework.",
        "Full attack, war and incidents under eleven frameworks",
    ),
    Shown(
        "comparison",
        "losing_a_guarantor",
        (LOSING,),
        "The same figure of a sweep: a row for each case, the dotted line through the first.",
        "Probability of a full attack without one guarantor or another, under four frameworks",
        "comparison_cases",
    ),
    Shown(
        "peace",
        "ceasefire",
        (COMPARE,),
        "Share of histories without an attack so far; the reference is dashed behind each.",
        "Ten panels in which peace lasts longest under a capable stationed force",
    ),
    Shown(
        "race",
        "ceasefire",
        (COMPARE,),
        "Help wins where the solid line rises before the dashed one. Days are on a scale of equal "
        "ratios. Help is counted in crises of any kind, the objective in first campaigns.",
        "When owed help is given and when the objective falls, framework by framework",
    ),
    Shown(
        "causes",
        "ceasefire",
        (COMPARE,),
        "Both codes of each attack: would it have come even had help been sure, and which stage "
        "of the guarantee gave way. A cause never seen still has an upper limit.",
        "Shares of attacks by why they came and why they were not stopped",
    ),
    Shown(
        "flow",
        "ceasefire",
        (COMPARE,),
        "What became of the reference's attacks. The dots rest on pairing histories by shared "
        "luck; the strips hold what any other way to pair them could give.",
        "Attacks deterred, provoked, delayed and hastened, with bounds",
    ),
    Shown(
        "ladder",
        "ceasefire",
        (COMPARE,),
        "Share of histories that reach each rung at least once. Rungs are not taken in turn.",
        "How many histories reach each of nine rungs, from an incident to a major war",
    ),
    Shown(
        "tornado",
        "which_clause",
        (CLAUSE,),
        "What each change of a clause does, the largest first, in pairs under shared luck. Of a "
        "Morris design: the mean size of each factor's effect.",
        "Fourteen changes of the Paris Declaration by their effect on a full attack",
    ),
    Shown(
        "sobol",
        "unknowns",
        (UNKNOWNS,),
        "Which unknowns hold the variance, by themselves and with all interactions. Drawn of "
        "designs of kind saltelli; this one is [a file of ten minutes](gallery_unknowns.yaml).",
        "Indices of four unknowns under two frameworks",
    ),
    Shown(
        "heat",
        "break_even_credibility",
        (BREAK_EVEN,),
        "Estimate and interval in each cell; then differences of two frameworks. Dots: not told "
        "apart. A line runs between cells where the two swap places, dotted where not sure.",
        "A full attack over resolve and legal form under three frameworks, and their differences",
    ),
    Shown(
        "box",
        "unknowns",
        (UNKNOWNS, "deter plot results/unknowns --only box"),
        "The conditions in which a framework fails, found in one half of the cases and judged in "
        "the other.",
        "With no guarantee it fails more where occasions are frequent; of the force no box",
    ),
    Shown(
        "regret",
        "which_framework",
        (FRAMEWORK,),
        "Criteria of choice over all cases: worst case, regret, mean.",
        "A stationed force is regretted least, NATO membership next",
    ),
    Shown(
        "exchange",
        "ceasefire",
        (
            "deter plot results/ceasefire --only exchange --with frameworks=[stationed_force] "
            "--with currency=framework.layers.force.presence.*.troops --with low=0 "
            "--with high=80000 --with n=300",
        ),
        "What each change does, and how many more troops would do as much. An arrow: the interval "
        "has no end within the range that was run. It runs histories again, so it is drawn only "
        "where it is named.",
        "Most clauses are worth no number of troops that 300 histories could tell",
    ),
    Shown(
        "autopsy",
        "ceasefire",
        (
            "deter plot results/ceasefire --only autopsy --with frameworks=[paris_jan2026] "
            "--with n=300",
        ),
        "Each failed history is run again with one clause mended: what that saves, and what is "
        "left once histories that it makes fail are counted.",
        "No single repair of the Paris Declaration is told from no change; all of them at once are",
    ),
    Shown(
        "timeline",
        "",
        ("deter trace ukraine/ceasefire -r 3 -f article5_like --plot timeline.png",),
        "One history, a lane for each actor; the numbers are those of the crises in the text.",
        "Ten years of one history with its crises, campaigns and elections",
    ),
    Shown(
        "credibility",
        "",
        (
            'python -c "import deter; from deter.presentation.figures import png; '
            "story = deter.trace('ukraine/ceasefire', 3, 'article5_like'); "
            "open('credibility.png', 'wb').write(png(story.figure('credibility').figure))\"",
        ),
        "What the challenger believes of each guarantor's resolve in one history, with elections "
        "and crises.",
        "Beliefs about fourteen guarantors over ten years of one history",
    ),
)

HEAD = """# Gallery of figures

Every figure that `deter` draws, with the command that draws it. `compare` and `sweep` draw what
their results allow by default; `deter plot DIR` draws it again, as PNG, SVG or PDF, with a text
beside each picture that says the same in words. `deter plot DIR --list` says which figures a folder
allows and, of the others, why not. An experiment may list its own under `plots`, as
`plots: [tornado, {heat: {measure: p_war}}]`.

All figures are as wide as the text of a printed page, no letter is smaller than 7.5 points, and
what a colour says is also said by a shape, a pattern or a word. Every estimate has its 95 %
interval, and every figure says n, the seed, and how many of the scenario's numbers are assumptions.
What was looked at, and mended, is in the [checklist](figures_checklist.md).
"""


def page() -> str:
    """Return the gallery's page."""
    parts = [HEAD]
    for one in GALLERY:
        of_cases = " of a sweep" if one.stem else ""
        commands = "\n".join(one.commands)
        parts.append(
            f"## {one.name}{of_cases}\n\n{one.remark}\n\n```sh\n{commands}\n```\n\n"
            f"![{one.alt}](images/{one.file})\n"
        )
    return "\n".join(parts)


def small(picture: bytes) -> bytes:
    """Return a picture in fewer bytes: those of its colours that most of it is made of."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    fewer = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    fewer.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def draw_all(results: Path) -> None:
    """Draw the pictures from results in a folder."""
    for one in GALLERY:
        places = [results / one.folder / "plots", results / one.folder, results]
        found = [place / f"{one.name}.png" for place in places]
        picture = next((path for path in found if path.exists()), None)
        if picture is None:
            print(f"{one.file}: no picture in {results / one.folder}", file=sys.stderr)
            continue
        (IMAGES / one.file).write_bytes(small(picture.read_bytes()))


def main(words: list[str]) -> None:
    """Write the page, and draw the pictures if asked."""
    if words[:1] == ["--draw"]:
        draw_all(Path(words[1]))
    (DOCS / "gallery.md").write_text(page(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
