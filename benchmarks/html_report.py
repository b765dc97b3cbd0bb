"""The result as one HTML file that needs nothing else."""

from __future__ import annotations

import html
import re
from typing import Any

from benchmarks.charts import distributions, pareto, stages
from benchmarks.report import markdown

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; color: #111 }
table { border-collapse: collapse; font-size: 13px; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid #ccc; padding: .2rem .55rem; text-align: right; white-space: nowrap; }
th.text, td.text { text-align: left; }
.warning { border-left: 4px solid #111; padding-left: .8rem; font-weight: bold; }
svg { max-width: 100%; height: auto; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
"""


def html_page(result: dict[str, Any]) -> str:
    """The Markdown page's content with charts, in one file.

    Args:
        result: The content of a result file.

    Raises:
        DataError: matplotlib is not installed.
    """
    charts = []
    if any(row["latency"] for row in result["rows"]):
        charts += [("Latency, accuracy and size", pareto(result)), ("Latency", distributions(result))]
    if result["frames"]:
        charts += [("From frame to reading", stages(result))]
    title = f"Benchmark: {result['machine']['name']}"
    body = "\n".join(_block(block) for block in markdown(result).split("\n\n"))
    # matplotlib names parts of every chart alike; on one page each needs names of its own.
    drawn = "\n".join(
        f"<h2>{html.escape(name)}</h2>\n{_renamed(svg, f'c{number}-')}"
        for number, (name, svg) in enumerate(charts)
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body>\n{body}\n{drawn}\n</body></html>\n"
    )


def _renamed(svg: str, prefix: str) -> str:
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    return svg.replace('href="#', f'href="#{prefix}').replace("url(#", f"url(#{prefix}")


def _block(block: str) -> str:
    lines = block.strip().splitlines()
    if lines[0].startswith("# "):
        return f"<h1>{html.escape(lines[0][2:])}</h1>"
    if lines[0].startswith("|"):
        return _table(lines)
    if lines[0].startswith("- "):
        return "<ul>" + "".join(f"<li>{html.escape(line[2:])}</li>" for line in lines) + "</ul>"
    if lines[0].startswith("**"):
        return "".join(f'<p class="warning">{html.escape(line.strip("*"))}</p>' for line in lines)
    return f"<p>{html.escape(block)}</p>"


def _table(lines: list[str]) -> str:
    right = [cell.strip().endswith(":") for cell in _cells(lines[1])]

    def row(line: str, tag: str) -> str:
        cells = zip(_cells(line), right, strict=True)
        return "".join(
            f"<{tag}{'' if flush else ' class=text'}>{html.escape(cell)}</{tag}>" for cell, flush in cells
        )

    body = "".join(f"<tr>{row(line, 'td')}</tr>" for line in lines[2:])
    return f"<table><thead><tr>{row(lines[0], 'th')}</tr></thead><tbody>{body}</tbody></table>"


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line)[1:-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]
