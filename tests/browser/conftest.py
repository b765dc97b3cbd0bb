"""Both pages in a real browser, collected only where one is named.

    EDGE_DIGITS_CHROMIUM=/usr/bin/chromium pytest tests/browser

EDGE_DIGITS_SCREENSHOTS=folder keeps pictures of the pages.
"""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("EDGE_DIGITS_CHROMIUM") else ["test_pages.py"]
