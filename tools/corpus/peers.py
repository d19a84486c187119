"""What others find: a plain regex with Luhn, libphonenumber's matcher, and the pattern recognizers of Presidio."""

import re

import phonenumbers

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
CARD = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
GROUPED = re.compile(r"(?<![\w.])(?:\+|\(|0)?\d{1,4}\)?(?:[ .\-/()]{1,2}\d{2,5}){2,5}(?![\w.])")
PLUS = re.compile(r"\+\d{8,15}\b")
URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"']+|\bwww\.[^\s<>\"']+")


def luhn(text):
    digits = [int(c) for c in text if c.isdigit()][::-1]
    return (
        sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
        and (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0
    )


def spans(pattern, kind, text, test=None):
    return [
        {"type": kind, "start": m.start(), "end": m.end()} for m in pattern.finditer(text) if test is None or test(m[0])
    ]


def without_overlaps(found):
    """The first of each heap, in the order given."""
    kept = []
    for span in found:
        if all(span["end"] <= k["start"] or k["end"] <= span["start"] for k in kept):
            kept.append(span)
    return kept


def plain(text):
    return without_overlaps(
        spans(URL, "URL", text)
        + spans(EMAIL, "EMAIL", text)
        + spans(CARD, "CREDIT_CARD", text, luhn)
        + spans(PLUS, "PHONE", text)
        + spans(GROUPED, "PHONE", text)
    )


def matcher(regions):
    def find(text):
        found = spans(URL, "URL", text) + spans(EMAIL, "EMAIL", text) + spans(CARD, "CREDIT_CARD", text, luhn)
        for region in regions:
            found += [
                {"type": "PHONE", "start": m.start, "end": m.end} for m in phonenumbers.PhoneNumberMatcher(text, region)
            ]
        return without_overlaps(found)

    return find


def all(regions):
    return [("regex", plain), ("phonenumbers", matcher(regions))]
