#!/usr/bin/env python3
"""Counts URLs in the texts of public link-extraction suites with `tollgate scan`.

Fetches the suites from package registries, through pip and cargo, into .parts/link-suites, turns each case into a
text and the number of URLs its suite finds in it, and compares. Exit 1 if fewer than 98 % of all texts agree.
"""

import argparse
import ast
import collections
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

AGREE_MIN = 0.98

# What is a URL for Tollgate: see README.md. What a suite links beyond that is not counted.
IN_SCOPE = re.compile(r"(?:https?|ftp)://|(?://)?www\.", re.IGNORECASE)

PYPI = {
    "bleach": "6.4.0",
    "django": "5.2.19",
    "linkify-it-py": "2.2.0",
    "markdown-it-py": "4.3.0",
    "urlextract": "1.10.0",
    "validators": "0.36.0",
}
CRATES = {"linkify": "0.11.0"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tollgate", default="target/release/tollgate", help="the command to test")
    arguments.add_argument("--parts", type=Path, default=Path(".parts/link-suites"), help="where to keep the suites")
    arguments.add_argument("--errors", action="store_true", help="print the texts that differ")
    options = arguments.parse_args()
    options.parts.mkdir(parents=True, exist_ok=True)

    cases = collections.OrderedDict()
    for suite, convert in SUITES.items():
        for text, links in convert(options.parts):
            # A suite may say the same thing twice, and two suites too.
            cases.setdefault(text, (sum(bool(IN_SCOPE.match(link)) for link in links), suite))
    found = scan(options.tollgate, list(cases))

    totals, agreed = collections.Counter(), collections.Counter()
    for (text, (expected, suite)), urls in zip(cases.items(), found):
        totals[suite] += 1
        agreed[suite] += urls == expected
        if options.errors and urls != expected:
            print(json.dumps({"suite": suite, "expected": expected, "found": urls, "text": text}, ensure_ascii=False))
    for suite in SUITES:
        if totals[suite] == 0:
            sys.exit(f"no case was read from {suite}: its form has changed")
        print(f"{suite:<30} {agreed[suite]:>4} of {totals[suite]:>4}  {agreed[suite] / totals[suite]:7.2%}")
    share = agreed.total() / totals.total()
    print(f"{'all':<30} {agreed.total():>4} of {totals.total():>4}  {share:7.2%}")
    sys.exit(share < AGREE_MIN)


def scan(tollgate, texts):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    run = subprocess.run([tollgate, "scan"], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line)["urls"] for line in run.stdout.splitlines()]


# Suites: each gives texts, with the links that it finds in them.


def linkify_it(parts):
    fixtures = sdist(parts, "linkify-it-py") / "test" / "fixtures"
    links = uncommented(fixtures / "links.txt")
    for at, line in enumerate(links):
        # The text, and under it the link; no more where the text is the link.
        if line and (at == 0 or not links[at - 1]):
            link = links[at + 1] if at + 1 < len(links) else ""
            yield line, [link or line]
    for line in uncommented(fixtures / "not_links.txt"):
        if line:
            yield line, []


def uncommented(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return ["" if line.startswith("%") else re.sub(r"\s+%\s.*", "", line).strip() for line in lines]


def bleach(parts):
    """Texts linkified to HTML. A text with markup of its own is a document, not a text."""
    module = syntax(sdist(parts, "bleach") / "tests" / "test_linkify.py")
    pairs = []
    for node in ast.walk(module):
        match node:
            case ast.Compare(left=ast.Call(func=ast.Name("linkify"), args=[text], keywords=[]), comparators=[html]):
                pairs.append((literal(text), literal(html)))
        if isinstance(node, ast.Call) and called(node) == "parametrize":
            # `data, expected`, of tests without options.
            if literal(node.args[0]) in ("data,expected", "text, expected"):
                pairs.extend(literal(node.args[1]) or [])
    for text, html in pairs:
        if isinstance(text, str) and isinstance(html, str) and "<" not in text:
            yield text, anchors(html)


def django(parts):
    """What the template filter `urlize` is tested with. A text with markup of its own is a document, not a text."""
    tests_folder = sdist(parts, "django") / "tests" / "template_tests" / "filter_tests"
    for node in ast.walk(syntax(tests_folder / "test_urlize.py")):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="assertEqual"), args=[ast.Call(func=ast.Name("urlize"), args=[text]), html]
            ):
                text, html = literal(text), literal(html)
                if isinstance(text, str) and isinstance(html, str) and "<" not in text:
                    yield text, anchors(html)


def markdown_it(parts):
    """Texts with bare links rendered to HTML. Markdown's own links are not for a scanner of plain text."""
    fixture = sdist(parts, "markdown-it-py") / "tests" / "test_port" / "fixtures" / "linkify.md"
    blocks = re.findall(r"^\.\n(.*?)^\.\n(.*?)^\.\n", fixture.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for text, html in blocks:
        if not re.search(r"\]\(|<|`", text):
            yield text.strip(), anchors(html)


def urlextract(parts):
    """Tests that ask for all URLs; one with options, as for unique ones only, asks for something else."""
    for file in sorted((sdist(parts, "urlextract") / "tests" / "unit").glob("test_*.py")):
        for test in tests(syntax(file)):
            asserted = [node for node in test.body if isinstance(node, ast.Assert)]
            plain = len(test.body) == 2 and asserted and ast.unparse(asserted[0].test).endswith("find_urls(text) == expected")
            for text, expected in (parameters(test) if plain else []):
                yield text, expected


def validators(parts):
    """What is a URL as a whole, after Mathias Bynens' list.

    What is none there is not taken: whether a string is wholly a URL is another question than how many are in it.
    """
    for test in tests(syntax(sdist(parts, "validators") / "tests" / "test_url.py")):
        arguments = [argument.arg for argument in test.args.args]
        if "returns_true" in test.name and arguments == ["value"]:
            for url in parameters(test):
                yield url, [url]


def rust_linkify(parts):
    """`assert_linked("text", "text with |links|")` and `assert_not_linked("text")`."""
    source = (crate(parts, "linkify") / "tests" / "url.rs").read_text(encoding="utf-8")
    string = r'"((?:[^"\\]|\\.)*)"'
    for text, marked in re.findall(rf"assert_linked\(\s*{string},\s*{string},?\s*\)", source):
        yield unescaped(text), unescaped(marked).split("|")[1::2]
    for text in re.findall(rf"assert_not_linked\(\s*{string},?\s*\)", source):
        yield unescaped(text), []


SUITES = {
    "linkify-it": linkify_it,
    "bleach": bleach,
    "Django urlize": django,
    "markdown-it linkify": markdown_it,
    "urlextract": urlextract,
    "validators (Bynens)": validators,
    "linkify (Rust)": rust_linkify,
}


def anchors(html):
    """The texts of links, which is what stood in the source."""
    links = re.findall(r"<a [^>]*>(.*?)</a>", html, re.DOTALL)
    return [link.replace("&amp;", "&") for link in links]


def syntax(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def tests(module):
    return [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]


def parameters(test):
    """The cases of a parametrized test."""
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and called(decorator) == "parametrize":
            yield from literal(decorator.args[1]) or []


def called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", None))


def literal(node):
    """What a literal stands for, a list without those of its members that are none; `None` for anything else."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        if isinstance(node, ast.List):
            return [value for value in map(literal, node.elts) if value is not None]
        return None


def unescaped(rust):
    """A Rust string literal's text."""
    text = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda digits: chr(int(digits[1], 16)), rust)
    simple = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "0": "\0", "'": "'"}
    return re.sub(r"\\(.)", lambda escape: simple[escape[1]], text)


# Fetching, once.


def sdist(parts, name):
    folder = parts / f"{name}-{PYPI[name]}"
    if not folder.exists():
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*download, "--dest", parts, f"{name}=={PYPI[name]}"], check=True)
        stem = name.replace("-", "_")
        (archive,) = [file for file in parts.glob("*.tar.gz") if file.name == f"{stem}-{PYPI[name]}.tar.gz"]
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


def crate(parts, name):
    folder = parts / "crates"
    vendored = folder / "vendor" / name
    if not vendored.exists():
        (folder / "src").mkdir(parents=True, exist_ok=True)
        (folder / "src" / "lib.rs").write_text("")
        dependencies = "".join(f'{crate} = "={version}"\n' for crate, version in CRATES.items())
        manifest = '[package]\nname = "suites"\nedition = "2024"\n[workspace]\n[dependencies]\n' + dependencies
        (folder / "Cargo.toml").write_text(manifest)
        subprocess.run(["cargo", "vendor", "--quiet"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return vendored


if __name__ == "__main__":
    main()
