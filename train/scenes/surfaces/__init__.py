"""Photographs of numbers on the things that people write on: envelopes, walls, skin, forms, screens.

Needs matplotlib for the typeface of printed words, and typefaces to write with. No print holds a digit.
"""

from __future__ import annotations

from train.scenes.surfaces.kinds import KINDS
from train.scenes.surfaces.rendering import SurfacePicture, paint, surface_pictures
from train.scenes.surfaces.surface import Surface
from train.scenes.surfaces.writer import SIGNS

__all__ = ["KINDS", "SIGNS", "Surface", "SurfacePicture", "paint", "surface_pictures"]
