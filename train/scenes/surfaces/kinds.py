"""The kinds of surfaces, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from train.scenes.surfaces import belongings, forms, notes, sheets, walls
from train.scenes.surfaces.surface import Kind

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "envelope": forms.envelope,
        "notebook": sheets.notebook,
        "sticky-notes": notes.sticky_notes,
        "cardboard": belongings.cardboard,
        "newspaper": sheets.newspaper,
        "whiteboard": walls.whiteboard,
        "blackboard": walls.blackboard,
        "skin": belongings.skin,
        "tablet": belongings.tablet,
        "crayon": notes.crayon,
        "highlighter": notes.highlighter,
        "stained-paper": sheets.stained_paper,
        "torn-slip": sheets.torn_slip,
        "index-card": sheets.index_card,
        "graph-paper": sheets.graph_paper,
        "plastic-sleeve": sheets.plastic_sleeve,
        "concrete": walls.concrete,
        "brick": walls.brick,
        "wood": walls.wooden_board,
        "ringed": notes.ringed,
        "underlined": notes.underlined,
        "list": notes.bullet_list,
        "child": notes.childs_hand,
        "ticket": forms.ticket,
        "form": forms.form,
        "cheque": forms.cheque,
        "exam": forms.exam,
        "score-sheet": notes.score_sheet,
        "jar-lid": belongings.jar_lid,
        "dusty-window": walls.dusty_window,
    }
)
"""What paints each; its name is part of the seed, so that another kind changes none of these."""
