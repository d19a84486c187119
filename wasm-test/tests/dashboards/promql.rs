//! What an expression of PromQL names: metrics, labels, values. It need not understand more; promtool does. What it does
//! not know it takes for a metric, which is then found to be none.

/// What one expression names.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// The metrics, each with what it is narrowed by.
    pub(crate) selectors: Vec<Selector>,
    /// Labels to group or to match by.
    pub(crate) grouping: Vec<String>,
}

/// A metric with its braces; so is a line of a scrape.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) metric: String,
    pub(crate) matchers: Vec<Matcher>,
}

/// `label="value"`, whether it is to be so or not.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) label: String,
    pub(crate) value: String,
    /// `=~` or `!~`.
    pub(crate) is_pattern: bool,
}

const GROUPING: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const WORDS: [&str; 9] = ["sum", "min", "max", "avg", "count", "and", "or", "unless", "offset"];

impl Mentions {
    pub(crate) fn of(expression: &str) -> Self {
        let mut mentions = Self::default();
        let mut tokens = tokens(expression).into_iter().peekable();
        while let Some(token) = tokens.next() {
            let Token::Word(word) = token else { continue };
            if GROUPING.contains(&&*word) {
                let list = tokens.by_ref().skip(1).take_while(|token| *token != Token::Mark(')'));
                mentions.grouping.extend(list.filter_map(Token::word));
                continue;
            }
            let is_function = tokens.peek() == Some(&Token::Mark('('));
            if is_function || WORDS.contains(&&*word) {
                continue;
            }
            let has_braces = tokens.next_if_eq(&Token::Mark('{')).is_some();
            let inside: Vec<_> = if has_braces {
                tokens.by_ref().take_while(|token| *token != Token::Mark('}')).collect()
            } else {
                Vec::new()
            };
            mentions.selectors.push(Selector { metric: word, matchers: matchers(&inside) });
        }
        mentions
    }
}

fn matchers(tokens: &[Token]) -> Vec<Matcher> {
    let matcher = |part: &[Token]| {
        let (Token::Word(label), Token::Text(value)) = (part.first()?, part.last()?) else { return None };
        let is_pattern = part.contains(&Token::Mark('~'));
        Some(Matcher { label: label.clone(), value: value.clone(), is_pattern })
    };
    tokens.split(|token| *token == Token::Mark(',')).filter_map(matcher).collect()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name.
    Word(String),
    /// What stands between quotes.
    Text(String),
    /// A number or a duration, of which nothing is asked.
    Number,
    Mark(char),
}

impl Token {
    fn word(self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let in_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
        let (token, after) = if first == '"' {
            let (text, after) = rest[1..].split_once('"').expect("a closing quote");
            (Token::Text(text.to_owned()), after)
        } else if first.is_ascii_digit() {
            let end = rest.find(|character| !in_name(character) && character != '.').unwrap_or(rest.len());
            (Token::Number, &rest[end..])
        } else if in_name(first) {
            let end = rest.find(|character| !in_name(character)).unwrap_or(rest.len());
            (Token::Word(rest[..end].to_owned()), &rest[end..])
        } else {
            (Token::Mark(first), &rest[first.len_utf8()..])
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

#[test]
fn an_expression_names_its_metrics_and_labels() {
    let mentions = Mentions::of(
        r#"sum by (tenant, key) (rate(one_total{tenant!="-", kind=~"a|b"}[5m])) / on (tenant) two:three < 0.5 unless x offset 26h"#,
    );
    let metrics: Vec<_> = mentions.selectors.iter().map(|selector| &*selector.metric).collect();
    assert_eq!(metrics, ["one_total", "two:three", "x"]);
    assert_eq!(mentions.grouping, ["tenant", "key", "tenant"]);
    let matchers: Vec<_> = mentions.selectors[0]
        .matchers
        .iter()
        .map(|matcher| (&*matcher.label, &*matcher.value, matcher.is_pattern))
        .collect();
    assert_eq!(matchers, [("tenant", "-", false), ("kind", "a|b", true)]);
}
