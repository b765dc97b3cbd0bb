"""The result as one HTML file that needs nothing else."""

from __future__ import annotations

import html
import re
from typing import Any

from benchmarks.charts import distributions, drawn_by_accuracy, pareto, stages
from benchmarks.report import markdown

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 84rem; margin: 2rem auto;
       padding: 0 1rem; color: #111 }
table { border-collapse: collapse; font-size: 13px; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid #ccc; padding: .2rem .38rem; text-align: right; white-space: nowrap; }
th.text, td.text { text-align: left; }
.warning { border-left: 4px solid #111; padding-left: .8rem; font-weight: bold; }
th:first-child, td:first-child { position: sticky; left: 0; background: #fff; }
.chart { overflow-x: auto; }
svg { width: 52rem; max-width: 100%; min-width: 40rem; height: auto; }
ul { padding-left: 1.2rem; }
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
        what = "Latency, accuracy and size" if drawn_by_accuracy(result) else "Latency and size"
        charts += [(what, pareto(result)), ("Latency", distributions(result))]
    if result["frames"]:
        charts += [("From frame to reading", stages(result))]
    title = f"Benchmark: {result['machine']['name']}"
    blocks = markdown(result).split("\n\n")
    # Name, machine and warnings come first, then what can be seen at a glance, then figures.
    count = next((n for n, block in enumerate(blocks) if block.startswith("|")), len(blocks))
    head, rest = ("\n".join(map(_block, part)) for part in (blocks[:count], blocks[count:]))
    # matplotlib names parts of every chart alike; on one page each needs names of its own.
    drawn = "\n".join(
        f'<h2>{html.escape(name)}</h2>\n<div class="chart">{_renamed(svg, f"c{number}-")}</div>'
        for number, (name, svg) in enumerate(charts)
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body>\n{head}\n{drawn}\n<h2>Figures</h2>\n{rest}\n</body></html>\n"
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
        return "<ul>" + "".join(f"<li>{_text(line[2:])}</li>" for line in lines) + "</ul>"
    if lines[0].startswith("**"):
        return "".join(f'<p class="warning">{_text(line.strip("*"))}</p>' for line in lines)
    return f"<p>{_text(block)}</p>"


def _text(markdown_text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(markdown_text))


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
