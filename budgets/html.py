"""The Nu HTML checker on rendered pages."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

JAR = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"


def check(pages, folder):
    """Return {name: [sentence]} of what the checker finds in pages {name: HTML}; they are written into `folder`."""
    java = shutil.which("java") or sys.exit("Java is not installed: apt-get install default-jre-headless")
    files = [folder / f"{number}.html" for number in range(len(pages))]
    for file, html in zip(files, pages.values(), strict=True):
        file.write_text(html)
    # Which language a text is in it would only guess, from words that some pages were given to be long.
    options = ["--no-langdetect", "--format", "json", "--stdout", "--exit-zero-always"]
    command = [java, "-jar", str(JAR), *options, *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names, found = dict(zip([file.name for file in files], pages, strict=True)), {}
    for message in json.loads(said)["messages"]:
        found.setdefault(names[Path(message["url"]).name], []).append(told(message))
    return found


def told(message):
    """Return a message of the checker in one line: what it is, and the HTML that it is about."""
    kind = message.get("subType", message["type"])
    extract = " ".join(message.get("extract", "").split())
    return f"{kind}: {message['message']} [line {message.get('lastLine', '?')}: {extract}]"
