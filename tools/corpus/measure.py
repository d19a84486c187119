#!/usr/bin/env python3
"""Puts labelled text through `tollgate scan`, and through peers, and says how well they do."""

import argparse
import base64
import collections
import json
import subprocess
import sys
import tempfile
import urllib.parse

TYPES = ("EMAIL", "PHONE", "CREDIT_CARD", "URL")


class Tally:
    """Hits, misses and false alarms."""

    def __init__(self):
        self.hit = self.missed = self.wrong = 0

    def f1(self):
        whole = 2 * self.hit + self.missed + self.wrong
        return 2 * self.hit / whole if whole else 1.0

    def __iadd__(self, other):
        self.hit, self.missed, self.wrong = self.hit + other.hit, self.missed + other.missed, self.wrong + other.wrong
        return self


def half(a, b):
    """Whether two spans overlap by at least half of the longer."""
    common = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return 2 * common >= max(a["end"] - a["start"], b["end"] - b["start"])


def compare(document, found):
    """Tallies by type, and the errors one by one."""
    tallies, left, errors = {t: Tally() for t in TYPES}, list(found), []
    for span in document["spans"]:
        hit = next((f for f in left if f["type"] == span["type"] and half(f, span)), None)
        if hit:
            left.remove(hit)
            tallies[span["type"]].hit += 1
        else:
            tallies[span["type"]].missed += 1
            errors.append(("MISSED", span))
    for span in left:
        tallies[span["type"]].wrong += 1
        errors.append(("WRONG", span))
    return tallies, errors


def score(documents, results, show=None):
    by_type, by_kind, by_locale, by_source = (collections.defaultdict(Tally) for _ in range(4))
    clean = touched = 0
    for document, found in zip(documents, results):
        tallies, errors = compare(document, found)
        for kind, tally in tallies.items():
            by_type[kind] += tally
            if kind != "URL":
                by_kind[document["kind"]] += tally
                by_locale[document["locale"]] += tally
        if not any(s["type"] != "URL" for s in document["spans"]):
            clean += 1
            touched += any(f["type"] != "URL" for f in found)
        missed = [span for what, span in errors if what == "MISSED"]
        for span in document["spans"]:
            tally = by_source[span.get("source") or span["type"]]
            if span in missed:
                tally.missed += 1
            else:
                tally.hit += 1
        if show:
            for what, span in errors:
                text = document["text"]
                around = (
                    text[max(0, span["start"] - 50) : span["start"]]
                    + "⟦"
                    + text[span["start"] : span["end"]]
                    + "⟧"
                    + text[span["end"] : span["end"] + 25]
                )
                print(
                    what,
                    document["locale"],
                    document["kind"],
                    span["type"],
                    span.get("source", ""),
                    json.dumps(around, ensure_ascii=False),
                    file=show,
                )
    return by_type, by_kind, by_locale, by_source, clean, touched


def tollgate(command, config, lines):
    ran = subprocess.run(
        [command, "scan", "--config", config], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def micro(by_type):
    total = Tally()
    for kind in ("EMAIL", "PHONE", "CREDIT_CARD"):
        total += by_type[kind]
    return total


def report(name, scored, details):
    by_type, by_kind, by_locale, by_source, clean, touched = scored
    cells = " ".join(f"{kind} {by_type[kind].f1():.4f}" for kind in TYPES)
    print(
        f"{name:10} micro {micro(by_type).f1():.4f}  {cells}  clean touched {100 * touched / max(clean, 1):.2f} % of {clean}"
    )
    if details:
        print("  kinds:  " + "  ".join(f"{k} {t.f1():.4f}" for k, t in sorted(by_kind.items())))
        print(
            "  locales:" + "  ".join(f"{k} {t.f1():.3f}" for k, t in sorted(by_locale.items(), key=lambda i: i[1].f1()))
        )
        print(
            "  recall by source: "
            + "  ".join(f"{k} {t.hit}/{t.hit + t.missed}" for k, t in sorted(by_source.items()) if t.missed)
        )


def encoded(document, how):
    """The text as the one value of a body."""
    text = document["text"]
    if how == "form":
        body = "t=" + urllib.parse.quote_plus(text)
        return {
            "body_b64": base64.b64encode(body.encode()).decode(),
            "content_type": "application/x-www-form-urlencoded",
        }
    units = text.encode("utf-16-be")
    escapes = "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
    return {"body_b64": base64.b64encode(f'{{"t":"{escapes}"}}'.encode()).decode(), "content_type": "application/json"}


def within_value(result):
    """Spans counted from the value's start: its name and a line feed stand before it."""
    return [{**s, "start": s["start"] - 2, "end": s["end"] - 2} for s in result["spans"] if s["start"] >= 2]


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("corpus")
    ask.add_argument("--tollgate", default="target/release/tollgate")
    ask.add_argument("--regions", help="comma separated; those of the corpus if not given")
    ask.add_argument("--errors", action="store_true")
    ask.add_argument("--encoded", action="store_true")
    ask.add_argument("--peers", action="store_true")
    ask = ask.parse_args()
    documents = [json.loads(line) for line in open(ask.corpus, encoding="utf-8")]
    regions = ask.regions.split(",") if ask.regions else sorted({d["locale"].split("_")[1] for d in documents})
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as config:
        key = {"id": "k", "plaintext": "k" * 40}
        redaction = {"mode": "strict", "phone_regions": regions}
        json.dump(
            {"environment": "development", "tenants": [{"id": "t", "keys": [key]}], "redaction": redaction}, config
        )
        config.flush()
        measure(ask, documents, regions, config.name)


def measure(ask, documents, regions, config):
    """Reports on all finders that were asked for."""
    found = [r["spans"] for r in tollgate(ask.tollgate, config, [json.dumps({"text": d["text"]}) for d in documents])]
    report("tollgate", score(documents, found, sys.stdout if ask.errors else None), True)
    if ask.encoded:
        prose = [d for d in documents if d["kind"] not in ("json",)]
        plain = [f for d, f in zip(documents, found) if d["kind"] not in ("json",)]
        report("plain", score(prose, plain), False)
        for how in ("form", "escapes"):
            report(
                how,
                score(
                    prose,
                    [
                        within_value(r)
                        for r in tollgate(ask.tollgate, config, [json.dumps(encoded(d, how)) for d in prose])
                    ],
                ),
                False,
            )
    if ask.peers:
        import peers  # needs phonenumbers, tollgate alone does not

        for name, finder in peers.all(regions):
            report(name, score(documents, [finder(d["text"]) for d in documents]), True)


if __name__ == "__main__":
    main()
