"""Documents of every kind, with and without entities, as text and labelled spans."""

import json
import re

import phonenumbers

import other_wordings
from languages import CLEAN, SAY, WORDS
from lookalikes import Lookalikes

SLOT = re.compile(r"\{(\w+)\}")
TYPES = {"phone": "PHONE", "email": "EMAIL", "card": "CREDIT_CARD", "url": "URL"}


class Text:
    """Text that grows, and the entities in it."""

    def __init__(self):
        self.text, self.spans = "", []

    def add(self, text, kind=None, source=None):
        if kind:
            self.spans.append(
                {"type": TYPES[kind], "start": len(self.text), "end": len(self.text) + len(text), "source": source}
            )
        self.text += text
        return self

    def join(self, other):
        for span in other.spans:
            self.spans.append({**span, "start": span["start"] + len(self.text), "end": span["end"] + len(self.text)})
        self.text += other.text
        return self


class Writer:
    """Writes documents of one locale."""

    def __init__(self, people, presidio=(), other=False):
        self.other = other
        self.people, self.rng, self.fake = people, people.rng, people.fake
        self.like = Lookalikes(people)
        self.language = people.language if people.language in SAY else "en"
        self.words = WORDS[self.language] if self.rng.random() < 0.8 else WORDS["en"]
        if other:
            self.words = dict(
                zip(WORDS["en"], other_wordings.WORDS[self.language if self.rng.random() < 0.8 else "en"].split("|"))
            )
        self.presidio = presidio

    # -- slots -----------------------------------------------------------

    def fill(self, template):
        """The template with every slot filled, entities labelled."""
        out, at = Text(), 0
        for slot in SLOT.finditer(template):
            out.add(template[at : slot.start()])
            self.slot(out, slot[1])
            at = slot.end()
        return out.add(template[at:])

    def slot(self, out, name):
        if name in TYPES:
            text, source = getattr(self.people, name)()
            return out.add(text, name, source)
        own = {
            "name": self.fake.name,
            "city": self.fake.city,
            "small": lambda: str(self.rng.randint(1, 999)),
            "clock": lambda: f"{self.rng.randint(0, 23):02}:{self.rng.randint(0, 59):02}",
            "word": self.fake.word,
            "company": self.fake.company,
            "address": lambda: self.fake.address().replace("\n", ", "),
            "user": self.fake.user_name,
        }
        return out.add((own.get(name) or getattr(self.like, name, self.fake.word))())

    def prose(self):
        """A sentence of the locale, without numbers."""
        text = (
            self.fake.sentence(nb_words=self.rng.randint(4, 12))
            if self.rng.random() < 0.7
            else self.fake.catch_phrase() + "." if hasattr(self.fake, "catch_phrase") else self.fake.sentence()
        )
        return text

    def pick(self, clean):
        lines = (other_wordings.CLEAN if clean else other_wordings.SAY) if self.other else CLEAN if clean else SAY
        return self.rng.choice(lines[self.language if self.rng.random() < 0.8 else "en"])

    # -- kinds -----------------------------------------------------------

    def sentence(self, clean):
        out = Text()
        if self.rng.random() < 0.5:
            out.add(self.prose() + " ")
        out.join(self.fill(self.pick(clean)))
        if self.rng.random() < 0.3:
            out.add(" ").join(self.fill(self.pick(True)))
        if self.rng.random() < 0.4:
            out.add(" " + self.prose())
        return out

    def note(self, clean):
        """A chat, a call note or a signature."""
        rng, w = self.rng, self.words
        if self.other:
            return self.fill(rng.choice(other_wordings.CLEAN_NOTES if clean else other_wordings.NOTES))
        if clean:
            shapes = [
                "{name}: " + self.pick(True) + "\n{user}: ok\n{name}: {date} {clock}?",
                "- {price}\n- {measure}\n- {range}\n- {order_worded}",
                "TODO {date}: {reference}, {version_worded}, {at_sign}",
                f"{w['order']}: {{order}} / {w['customer']}: {{account}} / {{price}}",
                "[{clock}] {user}: {math}\n[{clock}] {user}: {at_sign} lol",
                "{name}\n{address}\n{vat}\n{iban}",
                "{date} {range} {serial}",
            ]
        else:
            shapes = [
                "{name} - {phone} - {email}",
                "{name}\n{company}\n" + f"{w['phone']}: {{phone}}\n{w['mobile']} {{phone}}\n{{email}}\n{{url}}",
                "[{clock}] {user}: my number is {phone}\n[{clock}] {user}: k, mine {phone}",
                "{user}: " + self.pick(False) + "\n{name}: {date}, ok?",
                f"{{date}} {{name}} {w['phone']} {{phone}} {w['order']} {{order}}",
                "call {phone} re {invoice}",
                "☎ {phone} ✉ {email}",
                "{name} <{email}>; {name} <{email}>",
                "T {phone} | M {phone} | {email} | {url}",
                "{phone}",
                "{email}",
                "cc {card} exp 0{small_month}/27 cvv {cvv}",
                "{name}, {address}, {phone}",
                "📞{phone}",
                "{phone} / {phone}",
                "{name} ({phone}), {name} ({phone})",
                "new sim: {phone} old one {phone} dead",
            ]
        return self.fill(
            rng.choice(shapes)
            .replace("{small_month}", str(rng.randint(1, 9)))
            .replace("{cvv}", str(rng.randint(100, 999)))
        )

    def ticket(self, clean):
        rng, w = self.rng, self.words
        rows = [
            f"{w['order']}: {{order}}",
            f"{w['date']}: {{date}}",
            f"{w['version']}: {{version}}",
            f"{w['price']}: {{price}}",
            f"{w['customer']}: {{account}}",
            f"{w['invoice']}: {{invoice}}",
            "IP: {ip}",
            "Device: {serial}",
            "ID: {uuid}",
            "Ticket #{order}",
            "SKU: {ean}",
            "Build: {hash}",
        ]
        rng.shuffle(rows)
        rows = rows[: rng.randint(3, 7)]
        if not clean:
            own = [
                f"{w['phone']}: {{phone}}",
                f"{w['mobile']}: {{phone}}",
                f"{w['email']}: {{email}}",
                f"{w['card']}: {{card}}",
                f"{w['web']}: {{url}}",
                "Fax: {phone}",
                "Tel.: {phone}",
                "From: {name} <{email}>",
                "Contact: {name}, {phone}",
            ]
            rows += rng.sample(own, rng.randint(1, 4))
            rng.shuffle(rows)
        body = self.pick(clean)
        return self.fill("\n".join(rows) + "\n\n" + body)

    def table(self, clean):
        """CSV, TSV, a Markdown table or SQL."""
        rng = self.rng
        columns = rng.sample(
            ["name", "city", "date", "price", "order", "account", "version", "uuid", "ip", "unix", "small"],
            rng.randint(2, 5),
        )
        if not clean:
            columns += rng.sample(["phone", "email", "card", "phone", "email"], rng.randint(1, 3))
            rng.shuffle(columns)
        head = {"phone": "phone", "email": "email", "card": "card_number", "account": "customer_no", "small": "qty"}
        names = [head.get(c, c) for c in columns]
        count = rng.randint(2, 6)
        shape = rng.choice(["csv", "csv", "semi", "tab", "md", "sql", "quoted"])
        out = Text()
        cells = ["{" + c + "}" for c in columns]
        if shape == "md":
            out.add("| " + " | ".join(names) + " |\n|" + "---|" * len(names) + "\n")
            row = "| " + " | ".join(cells) + " |\n"
        elif shape == "sql":
            row = (
                f"INSERT INTO t ({', '.join(names)}) VALUES ("
                + ", ".join(c if c == "{small}" else f"'{c}'" for c in cells)
                + ");\n"
            )
        else:
            sep = {"csv": ",", "semi": ";", "tab": "\t", "quoted": ","}[shape]
            cells = [f'"{c}"' if shape == "quoted" or c in ("{name}", "{price}", "{city}") else c for c in cells]
            if rng.random() < 0.7:
                out.add(sep.join(names) + "\n")
            row = sep.join(cells) + "\n"
        for _ in range(count):
            out.join(self.fill(row))
        return out

    def access_log(self, clean):
        lines = [
            '{ip4} - - [{stamp}] "GET /{word}/{small} HTTP/1.1" 200 {bytes} "-" "{agent}"',
            '{ip4} - {user} [{stamp}] "POST /api/v1/orders/{order_id} HTTP/2.0" 201 {bytes} "-" "curl/8.4.0" {float}',
            '{ip4} - - [{stamp}] "GET /static/app.{hash12}.js?v={unix} HTTP/1.1" 304 0 "-" "{agent}" rt={float} uct="0.000"',
            '{iso} 200 {bytes} {uuid} GET /items/{account} {ip4}:{port} "{agent}"',
        ]
        own = [
            '{ip4} - {email} [{stamp}] "GET /me HTTP/1.1" 200 {bytes} "-" "{agent}"',
            '{ip4} - - [{stamp}] "GET /reset?email={email}&t={unix} HTTP/1.1" 302 0 "-" "{agent}"',
            '{ip4} - - [{stamp}] "GET /{word} HTTP/1.1" 200 {bytes} "{url}" "{agent}"',
            '{ip4} - - [{stamp}] "GET /call?to={phone_e164}&id={order_id} HTTP/1.1" 200 {bytes} "-" "{agent}"',
        ]
        return self.log(lines, own, clean)

    def app_log(self, clean):
        lines = [
            "{iso} INFO [pool-{small}-thread-{small}] c.e.Order - order={order_id} took {small} ms",
            "<34>1 {iso} web{small} app {port} ID{small} - build {hash12} pid={port}",
            "{syslog} host sshd[{port}]: Failed password for root from {ip4} port {port} ssh2",
            "{syslog} kernel: [{small}.{six}] usb 1-1: new device {hash12}",
            "level=info ts={unix} caller=main.go:{small} msg=started version={version} addr={ip4}:{port}",
            "{iso} DEBUG trace_id={hash32} span_id={hash16} dur={float}s",
            "E0712 {clock}:01.{six}  {port} reflector.go:{small}] watch closed {uuid}",
            "at com.example.Foo.bar(Foo.java:{small}) ~[app-{version}.jar:{version}]",
            "postfix/qmgr[{port}]: {hash12}: size={bytes}, nrcpt=1",
            "{iso} WARN cart {account} total={price} sku={ean} coupon={serial}",
            "GC(12) Pause Young 24M->4M(256M) {float}ms",
        ]
        own = [
            "{iso} INFO sms sent to {phone} id={uuid} in {small} ms",
            "{syslog} mx postfix/smtp[{port}]: {hash12}: to=<{email}>, relay=mx.{word}.net[{ip4}]:25, delay=0.5, status=sent",
            'level=info ts={unix} msg="user created" email={email} phone={phone}',
            "{iso} WARN payment declined card={card} amount={price} order={order_id}",
            "{iso} INFO user='{email}' ip={ip4} login ok",
            "{iso} ERROR cannot reach {url}: timeout after {small} ms",
            "[{iso}] callback.INFO: caller {phone} duration {small}s queue {small}",
            '{iso} DEBUG payload={lb}"pan":"{card}","exp":"12/27"{rb}',
            "{syslog} asterisk[{port}]: NOTICE: call from {phone} to extension {small} rejected",
            "{iso} user {user} changed phone from {phone} to {phone}",
        ]
        return self.log(lines, own, clean)

    def log(self, lines, own, clean):
        if self.other:
            lines, own = other_wordings.CLEAN_LOGS, other_wordings.LOGS
        rng, like = self.rng, self.like
        count = rng.randint(1, 5)
        templates = [rng.choice(lines) for _ in range(count)]
        if not clean:
            templates[rng.randrange(count)] = rng.choice(own)
        special = {
            "ip4": lambda: self.fake.ipv4(),
            "stamp": lambda: like.moment().strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "iso": lambda: like.moment().strftime(
                rng.choice(["%Y-%m-%dT%H:%M:%S.123Z", "%Y-%m-%d %H:%M:%S,456", "%Y-%m-%d %H:%M:%S"])
            ),
            "syslog": lambda: like.moment().strftime("%b %d %H:%M:%S"),
            "bytes": lambda: str(rng.randint(100, 99999999)),
            "agent": self.fake.user_agent,
            "float": lambda: f"{rng.uniform(0, 9):.3f}",
            "port": lambda: str(rng.randint(1024, 65535)),
            "order_id": lambda: like.digits(rng.randint(6, 12)),
            "six": lambda: like.digits(6),
            "lb": lambda: "{",
            "rb": lambda: "}",
            "hash12": lambda: f"{rng.getrandbits(48):012x}",
            "hash16": lambda: f"{rng.getrandbits(64):016x}",
            "hash32": lambda: f"{rng.getrandbits(128):032x}",
        }
        out = Text()
        for template in templates:
            at = 0
            for slot in SLOT.finditer(template):
                out.add(template[at : slot.start()])
                if slot[1] in special:
                    out.add(special[slot[1]]())
                elif slot[1] == "phone_e164":
                    out.add(
                        phonenumbers.format_number(self.people.number(), phonenumbers.PhoneNumberFormat.E164),
                        "phone",
                        "plan-e164",
                    )
                else:
                    self.slot(out, slot[1])
                at = slot.end()
            out.add(template[at:] + "\n")
        return out

    def json(self, clean):
        """A record, with look-alikes among strings and numbers."""
        rng, like = self.rng, self.like
        noise = {
            "id": lambda: int(like.digits(rng.randint(3, 18))),
            "uuid": like.uuid,
            "created_at": like.time,
            "updated": lambda: int(rng.uniform(1.5e12, 1.8e12)),
            "ts": lambda: rng.randint(1500000000, 1800000000),
            "price": like.price,
            "amount": lambda: round(rng.uniform(1, 99999), 2),
            "version": like.version,
            "ip": like.ip,
            "order_no": like.order,
            "invoice": like.invoice,
            "tracking": like.tracking,
            "iban": like.iban,
            "name": self.fake.name,
            "city": self.fake.city,
            "sku": like.ean,
            "lat": lambda: round(rng.uniform(-89, 89), 7),
            "lng": lambda: round(rng.uniform(-179, 179), 7),
            "hash": like.hash,
            "active": lambda: rng.random() < 0.5,
            "note": self.prose,
            "snowflake": lambda: int("1" + like.digits(18)),
            "tags": lambda: [self.fake.word() for _ in range(3)],
            "dob": like.date,
            "zip": like.postcode,
            "qty": lambda: rng.randint(1, 99),
            "etag": lambda: f'W/"{like.hash()}"',
            "package": lambda: f"{self.fake.word()}@{like.version_plain()}",
            "duration_ns": lambda: rng.randint(10**6, 10**12),
        }
        entities = {
            "phone": "phone",
            "mobile": "phone",
            "phoneNumber": "phone",
            "tel": "phone",
            "contact_phone": "phone",
            "fax": "phone",
            "email": "email",
            "mail": "email",
            "userEmail": "email",
            "card": "card",
            "cardNumber": "card",
            "pan": "card",
            "website": "url",
            "avatar": "url",
            "href": "url",
            "msg": "say",
            "comment": "say",
            "contact": "contact",
        }
        if self.other:
            entities = other_wordings.JSON_KEYS
        record = [(key, noise[key]()) for key in rng.sample(list(noise), rng.randint(3, 8))]
        marks = []
        if not clean:
            for key in rng.sample(list(entities), rng.randint(1, 4)):
                marks.append((key, entities[key]))
        elif rng.random() < 0.4:
            marks.append(("message", "no"))
        fields = [(k, v, None) for k, v in record] + [(k, None, m) for k, m in marks]
        rng.shuffle(fields)
        indent = rng.choice([None, None, 2])
        sep = ",\n  " if indent else rng.choice([", ", ","])
        colon = ": " if indent or sep == ", " else ":"
        out = Text().add("{\n  " if indent else "{")
        for at, (key, value, mark) in enumerate(fields):
            out.add((sep if at else "") + json.dumps(key) + colon)
            if mark is None:
                out.add(json.dumps(value, ensure_ascii=False))
            elif mark == "card" and rng.random() < 0.4:
                text, source = self.people.card(glued=True)
                if rng.random() < 0.5:
                    out.add(text, "card", source + "-number")
                else:
                    out.add('"').add(text, "card", source).add('"')
            else:
                inner = (
                    self.fill(self.pick(mark == "no"))
                    if mark in ("say", "no")
                    else self.fill("{name}, {phone}, {email}") if mark == "contact" else self.fill("{" + mark + "}")
                )
                out.add('"').join(escape(inner)).add('"')
        out.add("\n}" if indent else "}")
        if rng.random() < 0.2:
            wrapped = Text().add('{"data":[').join(out).add(f'],"total":{rng.randint(1, 99999)},"next":null}}')
            return wrapped
        return out

    def form(self, clean):
        """Key-value text: a mail form, a config file, YAML, a vCard, HTML."""
        rng, w = self.rng, self.words
        shape = rng.choice(["mail", "yaml", "ini", "html", "vcard", "dots", "xml"])
        own = [("phone", "{phone}"), ("email", "{email}"), ("card", "{card}"), ("web", "{url}"), ("mobile", "{phone}")]
        other = [
            ("order", "{order}"),
            ("invoice", "{invoice}"),
            ("customer", "{account}"),
            ("date", "{date}"),
            ("price", "{price}"),
            ("version", "{version}"),
        ]
        rows = rng.sample(other, rng.randint(2, 4)) + ([] if clean else rng.sample(own, rng.randint(1, 4)))
        rng.shuffle(rows)
        if shape == "vcard":
            if clean:
                return self.fill(
                    "BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nADR:;;{address}\nREV:{time}\nUID:{uuid}\nEND:VCARD"
                )
            return self.fill(
                "BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;TYPE=CELL:{phone}\nTEL;TYPE=work,voice:{phone}\nEMAIL;TYPE=INTERNET:{email}\nREV:{time}\nUID:{uuid}\nEND:VCARD"
            )
        en = WORDS["en"]
        lines = {
            "mail": lambda k, v: f"{w[k]}: {v}",
            "yaml": lambda k, v: f"{en[k].lower().replace(' ', '_').strip('.')}: {rng.choice([v, chr(34) + v + chr(34)])}",
            "ini": lambda k, v: f"{en[k].lower().replace(' ', '_').strip('.')} = {v}",
            "html": lambda k, v: f"<dt>{w[k]}</dt><dd>{v}</dd>",
            "dots": lambda k, v: f"{w[k]} ..... {v}",
            "xml": lambda k, v: f"<{k}>{v}</{k}>",
        }
        body = "\n".join(lines[shape](k, v) for k, v in rows)
        if shape == "html" and not clean and rng.random() < 0.5:
            body += '\n<a href="mailto:{email}">{name}</a> <a href="tel:{phone_plain}">{name}</a>'.replace(
                "{phone_plain}", "{phone}"
            )
        return self.fill(body)

    def template(self, clean):
        """A template of presidio-research, fetched and not kept."""
        return self.fill(self.rng.choice(self.presidio[1 if clean else 0]))


def escape(inner):
    """A text as the inside of a JSON string, with its spans moved."""
    out, at = Text(), 0
    quote = lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
    for span in sorted(inner.spans, key=lambda s: s["start"]):
        out.add(quote(inner.text[at : span["start"]]))
        start = len(out.text)
        out.add(quote(inner.text[span["start"] : span["end"]]))
        out.spans.append({**span, "start": start, "end": len(out.text)})
        at = span["end"]
    return out.add(quote(inner.text[at:]))


KINDS = ["sentence", "note", "ticket", "table", "access_log", "app_log", "json", "form"]
WEIGHTS = [5, 4, 3, 3, 1, 2, 4, 3]
