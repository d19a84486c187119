"""What is not personal, and looks like it."""

import datetime
import hashlib
import ipaddress
import string

from entities import check_digit

DATES = [
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%Y.%m.%d",
    "%d. %m. %Y",
    "%d %m %Y",
    "%Y. %m. %d.",
    "%d.%m.%y",
    "%m-%d-%y",
    "%Y%m%d",
]
TIMES = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%Y%m%d%H%M%S",
    "%d/%b/%Y:%H:%M:%S +0200",
    "%Y-%m-%dT%H:%M:%S.123+02:00",
    "%H:%M:%S",
    "%Y%m%dT%H%M%SZ",
]


class Lookalikes:
    """Numbers and names that a careful reader would not take for a phone, a card or an address."""

    def __init__(self, people):
        self.people, self.rng, self.fake = people, people.rng, people.fake

    def digits(self, count, first="123456789"):
        return self.rng.choice(first) + "".join(self.rng.choice(string.digits) for _ in range(count - 1))

    def moment(self):
        return datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=self.rng.randint(0, 27 * 365 * 86400))

    def date(self):
        return self.moment().strftime(self.rng.choice(DATES))

    def time(self):
        return self.moment().strftime(self.rng.choice(TIMES))

    def unix(self):
        seconds = self.rng.randint(1_500_000_000, 1_800_000_000)
        return str(seconds) + self.rng.choice(
            [
                "",
                self.digits(3, "0123456789"),
                self.digits(6, "0123456789"),
                self.digits(9, "0123456789"),
                f".{self.digits(3)}",
            ]
        )

    def price(self):
        rng = self.rng
        whole, cents = rng.randint(1, 2_000_000), rng.randint(0, 99)
        thousands = f"{whole:,}"
        text = rng.choice(
            [
                f"{thousands}.{cents:02}",
                f"{thousands.replace(',', '.')},{cents:02}",
                f"{thousands.replace(',', ' ')},{cents:02}",
                f"{thousands.replace(',', chr(0x202f))},{cents:02}",
                f"{whole}.{cents:02}",
                thousands,
                thousands.replace(",", "'"),
                f"{whole},-",
            ]
        )
        sign = rng.choice(
            ["€", "$", "£", "EUR", "USD", "zł", "kr", "₹", "¥", "₽", "Kč", "Ft", "lei", "₴", "₩", "R$", "CHF", "₪", "₺"]
        )
        return f"{sign}{text}" if rng.random() < 0.3 else f"{sign} {text}" if rng.random() < 0.3 else f"{text} {sign}"

    def order(self):
        rng = self.rng
        return rng.choice(
            [
                lambda: self.digits(rng.randint(5, 12)),
                lambda: f"#{self.digits(rng.randint(5, 10))}",
                lambda: f"{self.moment().year}-{self.digits(6, '0123456789')}",
                lambda: f"PO-{self.digits(10)}",
                lambda: f"{self.digits(3)}-{self.digits(7)}-{self.digits(7)}",
                lambda: f"ORD{self.digits(9)}",
                lambda: f"45000{self.digits(5)}",
                lambda: f"{self.digits(4)}/{self.moment().year}",
                lambda: f"{rng.choice('ABCR')}-{self.digits(8)}",
            ]
        )()

    def invoice(self):
        rng = self.rng
        return rng.choice(
            [
                lambda: f"INV-{self.moment().year}-{self.digits(5, '0123456789')}",
                lambda: f"{self.moment().year}/{self.digits(4, '0123456789')}",
                lambda: self.digits(8),
                lambda: f"RE{self.digits(8)}",
                lambda: f"{self.digits(2)}-{self.digits(6)}",
                lambda: f"FV/{self.digits(3)}/{rng.randint(1, 12):02}/{self.moment().year}",
                lambda: f"{self.moment():%Y%m%d}-{self.digits(3)}",
                lambda: self.digits(10),
            ]
        )()

    def tracking(self):
        rng = self.rng
        return rng.choice(
            [
                lambda: "1Z"
                + "".join(rng.choice(string.ascii_uppercase + string.digits) for _ in range(6))
                + self.digits(10),
                lambda: f"JD{self.digits(18, '0')}",
                lambda: f"RR{self.digits(9)}{self.people.region}",
                lambda: f"94{self.digits(20)}",
                lambda: self.digits(20),
                lambda: self.digits(12),
                lambda: self.digits(14, "0"),
                lambda: f"9400 {self.digits(4)} {self.digits(4)} {self.digits(4)} {self.digits(4)} {self.digits(2)}",
            ]
        )()

    def version(self):
        rng = self.rng
        n = lambda high: rng.randint(0, high)
        return rng.choice(
            [
                f"{n(20)}.{n(40)}.{n(200)}",
                f"v{n(9)}.{n(20)}.{n(30)}-rc.{n(9)}",
                f"{n(130)}.0.{n(9999)}.{n(250)}",
                f"{n(9)}.{n(20)}.{n(30)}+build.{n(9999)}",
                f"{2000 + n(26)}.{n(12):02}.{n(30):02}.{n(9999)}",
                f"10.0.{n(29999)}.{n(9999)}",
            ]
        )

    def ip(self):
        address = str(ipaddress.IPv4Address(self.rng.getrandbits(32)))
        return self.rng.choice(
            [address, address, f"{address}:{self.rng.randint(1, 65535)}", f"{address}/24", self.fake.ipv6()]
        )

    def uuid(self):
        return self.fake.uuid4()

    def hash(self):
        digest = hashlib.sha256(self.rng.randbytes(8)).hexdigest()
        return self.rng.choice(
            [digest, digest[:40], digest[:32], digest[:12], digest[:7], f"0x{digest[:16]}", f"sha256:{digest}"]
        )

    def mac(self):
        raw = self.rng.randbytes(6).hex()
        pairs = [raw[i : i + 2] for i in range(0, 12, 2)]
        return self.rng.choice([":".join(pairs), "-".join(pairs).upper(), ".".join([raw[:4], raw[4:8], raw[8:]])])

    def coordinates(self):
        lat, lon = self.rng.uniform(-89, 89), self.rng.uniform(-179, 179)
        return self.rng.choice(
            [
                f"{lat:.6f}, {lon:.6f}",
                f"{lat:.4f},{lon:.4f}",
                f"{abs(lat):.5f}° N, {abs(lon):.5f}° E",
                f"POINT({lon:.7f} {lat:.7f})",
                f"{int(abs(lat))}°{self.rng.randint(0, 59):02}'{self.rng.randint(0, 59):02}\"N",
            ]
        )

    def isbn(self):
        body = f"97{self.rng.choice('89')}{self.digits(9)}"
        body += str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body)) % 10)
        return self.rng.choice(
            [
                body,
                f"{body[:3]}-{body[3]}-{body[4:7]}-{body[7:12]}-{body[12]}",
                f"{body[:3]} {body[3]} {body[4:8]} {body[8:12]} {body[12]}",
            ]
        )

    def ean(self):
        return self.digits(13, "45678")[:12] + "0" if self.rng.random() < 0.3 else self.digits(13, "0245678")

    def iban(self):
        raw = self.fake.iban() if hasattr(self.fake, "iban") else "GB33BUKB20201555555555"
        return raw if self.rng.random() < 0.5 else " ".join(raw[i : i + 4] for i in range(0, len(raw), 4))

    def vat(self):
        return self.rng.choice(["DE", "ATU", "FR", "IT", "ES", "PL", "NL", "SE"]) + self.digits(9)

    def ssn(self):
        return (
            self.fake.ssn()
            if self.people.language == "en" and self.people.region == "US"
            else f"{self.digits(3)}-{self.digits(2)}-{self.digits(4)}"
        )

    def account(self):
        return self.rng.choice(
            [
                self.digits(8),
                self.digits(10),
                f"{self.digits(2)}-{self.digits(2)}-{self.digits(2)}",
                self.digits(11),
                f"{self.digits(6)}/{self.digits(4, '0')}",
            ]
        )

    def measure(self):
        rng = self.rng
        return rng.choice(
            [
                f"{rng.randint(1, 999)} x {rng.randint(1, 999)} x {rng.randint(1, 999)} mm",
                f"{rng.randint(1, 9999)} kWh",
                f"{rng.uniform(0, 100):.3f} kg",
                f"{rng.randint(1000, 9999999)} bytes",
                f"1920x1080",
                f"{rng.uniform(0, 1):.10f}",
                f"{rng.randint(100, 9999)} km/h",
                f"{rng.uniform(1, 9):.6f}e-{rng.randint(3, 19):02}",
                f"{rng.randint(1, 20)}-{rng.randint(21, 90)}",
            ]
        )

    def serial(self):
        rng = self.rng
        return rng.choice(
            [
                f"SN-{self.digits(4)}-{self.digits(4)}-{self.digits(4)}",
                f"{rng.choice(['XR', 'KB', 'AT'])}{self.digits(3)}-{self.digits(4)}",
                f"{self.digits(3)}-{self.digits(4)}-XL",
                f"{self.digits(4)}.{self.digits(3)}.{rng.choice('ABC')}{self.digits(2)}",
                f"C02{self.digits(5)}XYZ",
                f"IMEI {imei(self)}",
                f"ICCID 8949{self.digits(15)}",
                f"CAS {self.digits(4)}-{self.digits(2)}-{self.digits(1)}",
            ]
        )

    def not_a_card(self):
        """Long numbers that are no card: the check digit, the issuer or the length is wrong."""
        rng = self.rng
        valid = self.people.english.credit_card_number(card_type="visa16")
        broken = valid[:-1] + str((int(valid[-1]) + rng.randint(1, 9)) % 10)
        no_issuer = rng.choice(["9", "1", "7", "8"]) + self.digits(14)
        return rng.choice(
            [
                lambda: broken,
                lambda: " ".join(broken[i : i + 4] for i in range(0, 16, 4)),
                lambda: no_issuer + check_digit(no_issuer),
                lambda: valid + self.digits(8),
                lambda: f"{self.digits(5)}{valid}",
                lambda: f"**** **** **** {valid[-4:]}",
                lambda: f"XXXX-XXXX-XXXX-{valid[-4:]}",
                lambda: f"{valid}.{self.digits(3)}",
                lambda: f"0.{valid}",
                lambda: f"a{valid}f",
                lambda: imei(self),
            ]
        )()

    def at_sign(self):
        """An @ that is no address."""
        rng, word = self.rng, self.fake.user_name()
        return rng.choice(
            [
                f"@{word}",
                f"{word}@{self.version_plain()}",
                f"icon-{rng.randint(16, 64)}@2x.png",
                f"@types/node@{self.version_plain()}",
                f"deploy@10.0.{rng.randint(0, 255)}.{rng.randint(1, 254)}:/srv/app",
                f"root@localhost",
                f"{word}@web-{rng.randint(1, 9)}:~$",
                f"git@bastion:team/{word}.git",
                f"react@^{self.version_plain()}",
                f"{rng.randint(2, 20)} @ {rng.randint(1, 99)}.{rng.randint(10, 99)}",
                f"@{word}_{rng.randint(1, 99)}",
                f"backup@{self.moment():%Y-%m-%d}",
                "@media (min-width: 1024px)",
                f"{word} at example dot org",
            ]
        )

    def version_plain(self):
        return f"{self.rng.randint(0, 20)}.{self.rng.randint(0, 20)}.{self.rng.randint(0, 20)}"

    def math(self):
        rng = self.rng
        a, b = rng.randint(10, 99999), rng.randint(10, 99999)
        return rng.choice(
            [
                f"{a} + {b} = {a + b}",
                f"{a}*{b}={a * b}",
                f"({a}-{b})/{rng.randint(2, 9)}",
                f"{a} - {b} - {rng.randint(1, 999)}",
                f"3.{self.digits(15)}",
                f"{rng.randint(1, 99)}/{rng.randint(1, 99)}",
                f"+{rng.randint(1, 99)}.{rng.randint(1, 9)} %",
                f"[{a}, {b}, {rng.randint(1, 9999)}, {rng.randint(1, 9999)}]",
                f"{rng.randint(0, 5)}:{rng.randint(0, 5)} ({rng.randint(0, 3)}:{rng.randint(0, 3)})",
            ]
        )

    def range(self):
        rng = self.rng
        year = rng.randint(1950, 2020)
        return rng.choice(
            [
                f"{year}-{year + rng.randint(1, 30)}",
                f"{year}/{(year + 1) % 100:02}",
                f"pp. {rng.randint(100, 999)}-{rng.randint(1000, 1999)}",
                f"{rng.randint(8, 11)}:00-{rng.randint(12, 20)}:30",
                f"{rng.randint(8, 11)}.00 - {rng.randint(12, 20)}.30",
                f"{rng.randint(1000, 4000)}-{rng.randint(5000, 9000)}",
            ]
        )

    def postcode(self):
        return self.fake.postcode() if hasattr(self.fake, "postcode") else "12345"

    def reference(self):
        rng = self.rng
        return rng.choice(
            [
                f"CVE-{rng.randint(2015, 2026)}-{self.digits(5)}",
                f"RFC {rng.randint(1000, 9700)}",
                f"10.{rng.randint(1000, 9999)}/{self.digits(4)}.{self.digits(7)}",
                f"arXiv:{rng.randint(10, 25)}{rng.randint(1, 12):02}.{self.digits(5, '0123456789')}",
                f"JIRA-{rng.randint(1000, 99999)}",
                f"ISO 9001:2015",
                f"EN 60601-1-2",
                f"DIN 18015-3",
                f"§ {rng.randint(1, 900)} 312b",
                f"US {rng.randint(6, 11)},{self.digits(3)},{self.digits(3)} B2",
                f"ISSN {self.digits(4)}-{self.digits(4)}",
            ]
        )

    def any(self):
        return getattr(self, self.rng.choice(ALL))()


def imei(lookalikes):
    body = lookalikes.rng.choice(["35", "86", "01"]) + lookalikes.digits(12)
    return body + check_digit(body)


ALL = [
    "date",
    "time",
    "unix",
    "price",
    "order_worded",
    "invoice_worded",
    "tracking_worded",
    "version_worded",
    "ip",
    "uuid",
    "hash",
    "mac",
    "coordinates",
    "isbn_worded",
    "iban",
    "measure",
    "serial",
    "not_a_card",
    "at_sign",
    "math",
    "range",
    "reference",
    "vat",
]
for _name, _words in {
    "order": ["order {}", "Order no. {}", "order #{}", "order_id={}", "PO {}"],
    "invoice": ["invoice {}", "Invoice No. {}", "inv. {}"],
    "tracking": ["tracking {}", "parcel {}", "Tracking number: {}"],
    "version": ["version {}", "v{}", "{}", "build {}"],
    "isbn": ["ISBN {}", "ISBN: {}"],
}.items():
    setattr(
        Lookalikes, f"{_name}_worded", lambda self, n=_name, w=_words: self.rng.choice(w).format(getattr(self, n)())
    )
