"""`make budgets`."""

import sys
import tempfile
from pathlib import Path

from budgets.limits import HTML, KB, MOST, TOTAL, breaches
from budgets.site import STORY, serving


def main():
    from budgets import browser, html

    with tempfile.TemporaryDirectory(prefix="newsroom-budgets-") as scratch:
        scratch = Path(scratch)
        with serving(scratch / "var") as (origin, paths, answers):
            loaded = browser.load_all(origin, paths)
        pages = {name: source for name, (_page, source) in loaded.items()} | answers
        (scratch / "pages").mkdir()
        found = html.check(pages, scratch / "pages")
    for name, (page, _source) in loaded.items():
        found.setdefault(name, [])[:0] = breaches(page, html=HTML if name == STORY else None)
    tell_weights({name: page for name, (page, _source) in loaded.items()})
    return tell_findings(found)


def tell_weights(pages):
    """Print what each page weighs, in thousands of bytes."""
    row = "{:40} {:>6} {:>10} {:>4} {:>5} {:>7} {:>6}".format
    print("\n" + row("KB", "HTML", "compressed", "CSS", "fonts", "scripts", "all"))
    for name, page in pages.items():
        counts = [page.counts[kind] for kind in ("stylesheet", "font", "script")]
        print(row(name, f"{page.raw / KB:.1f}", f"{sized(page, 'document'):.1f}", *counts, f"{page.total / KB:.1f}"))
    print(row("at most", HTML // KB, "", *(MOST[kind] for kind in ("stylesheet", "font", "script")), TOTAL // KB))


def sized(page, kind):
    return sum(request.size for request in page.requests if request.kind == kind) / KB


def tell_findings(found):
    """Print what was found, {page: [sentence]}; return the exit status."""
    count = sum(map(len, found.values()))
    print(f"\n{count} findings" if count else "\nNothing found.")
    for name, sentences in found.items():
        for sentence in sentences:
            print(f"  {name}: {sentence}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
