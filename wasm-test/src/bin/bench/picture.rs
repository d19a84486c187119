//! A picture of a run: bars of processor time, part of it Envoy's own.

use crate::bounds::bare_work;
use crate::cell::{Cell, Samples, Spread};
use crate::contender::Contender;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::collections::BTreeMap;
use std::path::Path;
use wasm_test::workload::{KEYS, Work};

/// What is shown, and what it is called.
const SHOWN: [(Work, &str); 4] = [
    (Work::Get, "GET, allowed"),
    (Work::WrongKey, "GET, wrong key"),
    (Work::PostClean, "POST 8 KiB of JSON, strict"),
    (Work::LargeAnswer, "answer of 8 KiB of JSON, strict"),
];

const WIDTH: i32 = 760;
const BAR: i32 = 18;
const PITCH: i32 = 24;
const TITLE: i32 = 34;
const LEFT: i32 = 150;
const RIGHT: i32 = 150;

const INK: RGBColor = RGBColor(36, 41, 47);
const ENVOY: RGBColor = RGBColor(200, 205, 212);
const OTHERS: RGBColor = RGBColor(122, 136, 153);
const OURS: RGBColor = RGBColor(31, 111, 235);

type Sheet<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Draws it into an SVG file.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn draw(path: &Path, measured: &BTreeMap<Cell, Samples>) -> Drawn {
    let panels: Vec<_> = SHOWN.iter().filter_map(|(work, title)| panel(measured, *work, title)).collect();
    let bars: usize = panels.iter().map(|panel| panel.bars.len()).sum();
    let height = TITLE * (panels.len() as i32 + 2) + PITCH * bars as i32;
    let sheet = SVGBackend::new(path, (WIDTH as u32, height as u32)).into_drawing_area();
    sheet.fill(&WHITE)?;
    text(&sheet, "µs of Envoy's CPU a request; grey: Envoy alone", (LEFT, TITLE / 2), 15, HPos::Left)?;
    let longest = panels.iter().flat_map(|panel| &panel.bars).map(|bar| bar.whole).fold(0.0, f64::max);
    let scale = f64::from(WIDTH - LEFT - RIGHT) / longest;
    let mut y = TITLE;
    for panel in &panels {
        text(&sheet, panel.title, (LEFT, y + TITLE / 2 + 4), 14, HPos::Left)?;
        y += TITLE;
        for bar in &panel.bars {
            draw_bar(&sheet, bar, y, scale)?;
            y += PITCH;
        }
    }
    sheet.present()
}

struct Panel {
    title: &'static str,
    bars: Vec<Bar>,
}

struct Bar {
    contender: Contender,
    envoy: f64,
    whole: f64,
}

/// The bars of one kind of work, if it was measured.
fn panel(measured: &BTreeMap<Cell, Samples>, work: Work, title: &'static str) -> Option<Panel> {
    let cpu = |contender, work| {
        let samples = measured.get(&Cell { contender, work, keys: KEYS })?;
        Some(Spread::of(&samples.cpu).median)
    };
    let envoy = cpu(Contender::Bare, bare_work(work))?;
    let bars: Vec<_> = Contender::ALL
        .into_iter()
        .filter_map(|contender| Some(Bar { contender, envoy, whole: cpu(contender, work)? }))
        .collect();
    (!bars.is_empty()).then_some(Panel { title, bars })
}

fn draw_bar(sheet: &Sheet<'_>, bar: &Bar, y: i32, scale: f64) -> Drawn {
    let end = |value: f64| LEFT + (value * scale) as i32;
    let colour = if bar.contender == Contender::Tollgate { OURS } else { OTHERS };
    let (envoy, whole) = (bar.envoy.min(bar.whole), bar.whole);
    sheet.draw(&Rectangle::new([(LEFT, y), (end(envoy), y + BAR)], ENVOY.filled()))?;
    sheet.draw(&Rectangle::new([(end(envoy), y), (end(whole), y + BAR)], colour.filled()))?;
    let middle = y + BAR / 2;
    text(sheet, label(bar.contender), (LEFT - 8, middle), 13, HPos::Right)?;
    let figure = if bar.contender == Contender::Bare {
        format!("{whole:.1}")
    } else {
        format!("{whole:.1}  ({:+.1})", whole - bar.envoy)
    };
    text(sheet, &figure, (end(whole) + 6, middle), 13, HPos::Left)
}

fn label(contender: Contender) -> &'static str {
    match contender {
        Contender::Bare => "Envoy alone",
        Contender::Noop => "SDK, doing nothing",
        Contender::Tollgate => "Tollgate",
        Contender::Native => "native filters",
        Contender::Lua => "Lua",
        Contender::ExtAuthz => "ext_authz",
    }
}

fn text(sheet: &Sheet<'_>, what: &str, at: (i32, i32), size: u32, side: HPos) -> Drawn {
    let style = ("sans-serif", size).into_font().color(&INK).pos(Pos::new(side, VPos::Center));
    sheet.draw(&Text::new(what.to_owned(), at, style))
}
