//! What is to be reached, as ratios within one run.

use crate::cell::{Cell, KEY_COUNTS, Samples, Spread};
use crate::contender::Contender;
use crate::site::Site;
use std::collections::BTreeMap;
use std::time::Duration;
use wasm_test::module;
use wasm_test::workload::{KEYS, Work};

/// A figure and what it is to be.
pub(crate) struct Bound {
    pub(crate) what: String,
    /// The ratio of medians, if all that it takes was measured.
    pub(crate) figure: Option<f64>,
    /// The same ratio of each round: half of them lie in between.
    pub(crate) spread: Option<Spread>,
    pub(crate) reach: Reach,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    AtMost(f64),
    AtLeast(f64),
}

impl Bound {
    /// Whether it is reached, if that can be said: a contender that seems to cost less than Envoy alone was lost in
    /// noise.
    pub(crate) fn is_reached(&self) -> Option<bool> {
        let figure = self.figure.filter(|figure| figure.is_finite() && *figure > 0.0);
        figure.map(|figure| match self.reach {
            Reach::AtMost(most) => figure <= most,
            Reach::AtLeast(least) => figure >= least,
        })
    }
}

/// All that is to be reached.
pub(crate) fn all(measured: &Measured, sites: &[Site]) -> Vec<Bound> {
    use Contender::{ExtAuthz, Lua, Native, Tollgate};
    let measure = Measure(measured);
    let ratio = |what: &str, (above, below): (Option<Vec<f64>>, Option<Vec<f64>>), reach| {
        let pairs = above.zip(below);
        let ratios = pairs.as_ref().map(|(above, below)| -> Vec<_> {
            above.iter().zip(below).map(|(above, below)| above / below).collect()
        });
        let median = |values: &Vec<f64>| Spread::of(values).median;
        Bound {
            what: what.to_owned(),
            figure: pairs.as_ref().map(|(above, below)| median(above) / median(below)),
            spread: ratios.map(|ratios| Spread::of(&ratios)),
            reach,
        }
    };
    let over = |work| move |contender| measure.over_bare(contender, work, KEYS);
    let whole = |work| move |contender| measure.whole(contender, work, KEYS);
    let get = over(Work::Get);
    let mut bounds = vec![ratio(
        "GET, over bare, against the native chain",
        (get(Tollgate), get(Native)),
        Reach::AtMost(1.4),
    )];
    for (name, work) in [("no key", Work::NoKey), ("wrong key", Work::WrongKey), ("limited", Work::Limited)] {
        let refused = over(work);
        bounds.push(ratio(
            &format!("GET refused, {name}, over bare, against the native chain"),
            (refused(Tollgate), refused(Native)),
            Reach::AtMost(1.2),
        ));
    }
    bounds.push(ratio("GET, over bare, against Lua", (get(Tollgate), get(Lua)), Reach::AtMost(0.8)));
    for (name, work, most) in [("clean", Work::PostClean, 1.25), ("ten entities", Work::PostEntities, 1.4)] {
        let post = whole(work);
        bounds.push(ratio(
            &format!("POST 8 KiB, {name}, strict, whole, against the native chain"),
            (post(Tollgate), post(Native)),
            Reach::AtMost(most),
        ));
    }
    bounds.push(ratio(
        "ext_authz, GET, over bare, against Tollgate",
        (get(ExtAuthz), get(Tollgate)),
        Reach::AtLeast(5.0),
    ));
    let [few, .., many] = KEY_COUNTS;
    let keys = |keys| measure.whole(Tollgate, Work::Get, keys);
    bounds.push(ratio(
        &format!("GET with {many} keys, whole, against {few} keys"),
        (keys(many), keys(few)),
        Reach::AtMost(1.05),
    ));
    bounds.extend(loading(sites));
    bounds
}

/// What the worker's VM takes to start with the most keys, beyond what it takes with the fewest; and the module's size.
fn loading(sites: &[Site]) -> [Bound; 2] {
    let [few, .., many] = KEY_COUNTS;
    let start = |keys| sites.iter().find(|site| site.keys == keys).map(|site| site.worker_start);
    let seconds = start(many).zip(start(few)).map(|(many, few)| many.saturating_sub(few).as_secs_f64());
    let kib = std::fs::metadata(module::path()).map(|file| file.len() as f64 / 1e3).ok();
    let plain = |what: String, figure, reach| Bound { what, figure, spread: None, reach };
    [
        plain(
            format!("a VM loads {many} keys, in s of CPU beyond {few} keys"),
            seconds,
            Reach::AtMost(Duration::from_secs(1).as_secs_f64()),
        ),
        plain("the module, in kB".to_owned(), kib, Reach::AtMost(500.0)),
    ]
}

type Measured = BTreeMap<Cell, Samples>;

#[derive(Clone, Copy)]
struct Measure<'a>(&'a Measured);

impl Measure<'_> {
    /// Each round of a cell.
    fn whole(self, contender: Contender, work: Work, keys: usize) -> Option<Vec<f64>> {
        self.0.get(&Cell { contender, work, keys }).map(|samples| samples.cpu.clone())
    }

    /// Each round of a cell, less what Envoy alone used in that round.
    fn over_bare(self, contender: Contender, work: Work, keys: usize) -> Option<Vec<f64>> {
        let bare = self.whole(Contender::Bare, bare_work(work), KEYS)?;
        let whole = self.whole(contender, work, keys)?;
        Some(whole.iter().zip(&bare).map(|(whole, bare)| whole - bare).collect())
    }
}

/// What Envoy alone is measured by: the same request, or where that would be refused or recorded, one that it answers
/// itself.
pub(crate) fn bare_work(work: Work) -> Work {
    if Contender::Bare.does(work) { work } else { Work::Get }
}
