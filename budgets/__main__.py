"""`make budgets`."""

import sys
import tempfile
import time
from pathlib import Path

from budgets import browser, html, lighthouse
from budgets.limits import HTML, KB, MOST, PERFORMANCE, TOTAL, breaches, low_scores
from budgets.site import STORY, one_of_each_view, serving


def main():
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="newsroom-budgets-") as scratch:
        scratch = Path(scratch)
        with serving(scratch / "var") as (origin, paths, answers):
            loaded = browser.load_all(origin, paths)
            scored = one_of_each_view({name: path for name, path in paths.items() if loaded[name][0].status == 200})
            scores = lighthouse.scores(origin, scored)
            speed = lighthouse.performance(origin, {name: paths[name] for name in (STORY, "front")})
        pages = {name: source for name, (_page, source) in loaded.items()} | answers
        (scratch / "pages").mkdir()
        found = html.check(pages, scratch / "pages")
    for name, (page, _source) in loaded.items():
        found.setdefault(name, []).extend(breaches(page, html=HTML if name == STORY else None))
    for result in scores:
        found[result["name"]].extend(low_scores(result))
    tell_weights({name: page for name, (page, _source) in loaded.items()})
    tell_scores(scores, speed)
    print(f"\nHTML checked: {len(pages)} pages. It took {time.monotonic() - started:.0f} s.")
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


def tell_scores(scores, speed):
    """Print Lighthouse's scores: the three that must be 100, and the speed, which depends on the machine."""
    row = "{:40} {:>13} {:>14} {:>4}".format
    print("\n" + row("Lighthouse, on a phone", *lighthouse.SCORES))
    for result in sorted(scores, key=lambda result: result["name"] in lighthouse.HIDDEN):
        hidden = " *" if result["name"] in lighthouse.HIDDEN else ""
        print(row(result["name"], *(result["scores"][category] for category in lighthouse.SCORES)) + hidden)
    print(f"* Kept from search engines: scored without {' and '.join(lighthouse.FOR_SEARCH_ENGINES)}.")
    print(f"\nPerformance, the median of {lighthouse.RUNS} runs; at least {PERFORMANCE} is aimed at:")
    for result in speed:
        print(f"{result['name']:40} {result['scores']['performance']}")


def tell_findings(found):
    """Print what was found, {page: [sentence]}; return the exit status."""
    count = sum(map(len, found.values()))
    print(f"Findings: {count}" if count else "Nothing found.")
    for name, sentences in found.items():
        for sentence in sentences:
            print(f"  {name}: {sentence}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
