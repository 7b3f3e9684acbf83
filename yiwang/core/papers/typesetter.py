"""HTML in, PDF out, in a process of its own: `python -I typesetter.py stylesheet.css < form.html > form.pdf`.

Chinese fonts take 100 to 400 MB while a page is set; here they are given back when it is done, and a form that sets without
end ends with its processor time. Imports nothing of the project. Nothing is fetched: neither from other machines nor from
files, the stylesheet aside. Exit code LACKING: the libraries of WeasyPrint are not on this machine.
"""

from __future__ import annotations

import resource
import sys

LACKING = 3
SECONDS, BYTES = 60, 2 << 30


def main(stylesheet: str) -> int:
    """Set one form."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    text = sys.stdin.buffer.read().decode()
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except OSError:  # they are loaded by name
        return LACKING
    fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    document = HTML(string=text, url_fetcher=fetcher)
    sys.stdout.buffer.write(document.write_pdf(stylesheets=[CSS(filename=stylesheet, url_fetcher=fetcher)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
