"""Makes `python -m edge_digits` the same as `edge-digits`."""

from __future__ import annotations

import sys

from edge_digits.cli import main

sys.exit(main())
