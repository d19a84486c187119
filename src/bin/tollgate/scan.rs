//! `tollgate scan`.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tollgate::denial::Denial;
use tollgate::inspection::Inspection;
use tollgate::policy::Policy;
use tollgate::tenant::Rules;
use tollgate::text::ContentType;

use crate::{ConfigFile, Outcome};

#[derive(clap::Args)]
pub(crate) struct Scan {
    /// The configuration whose limits, regions and operator apply; default: the defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A line of input: a text, or a body with the content type it came with.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Input {
    Text { text: String },
    Body { body_b64: String, content_type: Option<String> },
}

#[derive(Default, Serialize)]
struct Output {
    urls: usize,
    phones: usize,
    emails: usize,
    cards: usize,
    chars: usize,
    spans: Vec<Span>,
    redacted: String,
    reject: Option<&'static str>,
}

/// Offsets in Unicode scalar values of the canonical text.
#[derive(Serialize)]
struct Span {
    r#type: String,
    start: usize,
    end: usize,
}

impl Scan {
    pub(crate) fn run(&self) -> Outcome {
        let policy = self.policy()?;
        let rules = policy.common_rules();
        let mut out = io::BufWriter::new(io::stdout().lock());
        for (number, line) in (1u64..).zip(io::stdin().lock().lines()) {
            let line = line.map_err(|e| format!("cannot read standard input: {e}"))?;
            if line.trim().is_empty() {
                continue;
            }
            let answer = scan_line(&line, rules).map_err(|e| format!("line {number}: {e}"))?;
            writeln!(out, "{answer}").map_err(|e| format!("cannot write to standard output: {e}"))?;
        }
        out.flush().map_err(|e| format!("cannot write to standard output: {e}"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn policy(&self) -> Result<Policy, String> {
        const DEFAULTS: &str = r#"{"environment": "development", "tenants": []}"#;
        let file = self.config.clone().map(|path| ConfigFile { path, assume_env: true });
        let text = file.as_ref().map_or_else(|| Ok(DEFAULTS.into()), ConfigFile::text)?;
        let environ = |name: &str| file.as_ref().and_then(|file| file.environ(name));
        Policy::load(&text, &environ).map_err(|problems| format!("the configuration is wrong:\n{problems}"))
    }
}

fn scan_line(line: &str, rules: &Rules) -> Result<String, String> {
    let input: Input = serde_json::from_str(line)
        .map_err(|_| "must be {\"text\": ...} or {\"body_b64\": ..., \"content_type\": ...}")?;
    let scanner = &rules.redaction.scanner;
    let (inspected, body) = match input {
        // A text is what it is: it is not looked into for JSON or a form.
        Input::Text { text } => (Ok(Inspection::of_text(scanner, &text)), text.into_bytes()),
        Input::Body { body_b64, content_type } => {
            let body = STANDARD.decode(body_b64).map_err(|_| "body_b64 must be base64")?;
            let declared = ContentType::parse(content_type.as_deref().map(str::as_bytes));
            (Inspection::read(scanner, None, &declared, &body), body)
        }
    };
    let output = match inspected {
        Ok(inspection) => found(&inspection, &body, rules),
        Err(denial) => Output { reject: Some(denial.name()), ..Output::default() },
    };
    serde_json::to_string(&output).map_err(|e| e.to_string())
}

fn found(inspection: &Inspection, body: &[u8], rules: &Rules) -> Output {
    let counts = inspection.counts();
    let limits = rules.text;
    let verdict = limits.check_length(counts).and_then(|()| limits.check_entities(counts));
    let redacted = inspection.redacted(&rules.redaction.redactor, body);
    let redacted = redacted.as_ref().map_or(body, |(redacted, _)| redacted);
    Output {
        urls: counts.urls,
        phones: counts.phones,
        emails: counts.emails,
        cards: counts.credit_cards,
        chars: counts.chars,
        spans: spans(inspection, rules),
        redacted: String::from_utf8_lossy(redacted).into_owned(),
        reject: verdict.err().map(Denial::name),
    }
}

/// Byte offsets to offsets in Unicode scalar values, in one walk over the text.
fn spans(inspection: &Inspection, rules: &Rules) -> Vec<Span> {
    let text = inspection.text();
    let count = |from: usize, to: usize| text.get(from..to).map_or(0, |part| part.chars().count());
    let (mut byte, mut chars) = (0, 0usize);
    let mut spans = Vec::with_capacity(inspection.entities().len());
    for entity in inspection.entities() {
        // Entities come in order of their start.
        chars = chars.saturating_add(count(byte, entity.start));
        byte = entity.start;
        let end = chars.saturating_add(count(entity.start, entity.end));
        let r#type = rules.redaction.redactor.label(entity.kind).to_owned();
        spans.push(Span { r#type, start: chars, end });
    }
    spans
}
