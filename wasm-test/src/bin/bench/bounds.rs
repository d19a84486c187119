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
    let [few, .., many] = KEY_COUNTS;
    let cell = |contender, work| Cell { contender, work, keys: KEYS };
    let by_keys = |keys| Cell { contender: Tollgate, work: Work::Get, keys };
    let ratio = |what: &str, above, below, share, reach| {
        let ratio = Ratio { above, below, share };
        Bound {
            what: what.to_owned(),
            figure: ratio.of_medians(measured),
            spread: ratio.spread(measured),
            reach,
        }
    };
    let against_native = |what: &str, work, share, most| {
        let what = format!("{what}, against the native chain");
        ratio(&what, cell(Tollgate, work), cell(Native, work), share, Reach::AtMost(most))
    };
    let get = |contender| cell(contender, Work::Get);
    let mut bounds = vec![
        against_native("GET, over bare", Work::Get, Share::OverBare, 1.4),
        against_native("GET without a key, over bare", Work::NoKey, Share::OverBare, 1.2),
        against_native("GET with a wrong key, over bare", Work::WrongKey, Share::OverBare, 1.2),
        against_native("GET over its limit, over bare", Work::Limited, Share::OverBare, 1.2),
        ratio("GET, over bare, against Lua", get(Tollgate), get(Lua), Share::OverBare, Reach::AtMost(0.8)),
        against_native("POST 8 KiB, clean, strict", Work::PostClean, Share::Whole, 1.25),
        against_native("POST 8 KiB, ten entities, strict", Work::PostEntities, Share::Whole, 1.4),
        ratio(
            "ext_authz, GET, over bare, against Tollgate",
            get(ExtAuthz),
            get(Tollgate),
            Share::OverBare,
            Reach::AtLeast(5.0),
        ),
        ratio(
            &format!("GET with {many} keys, against {few} keys"),
            by_keys(many),
            by_keys(few),
            Share::Whole,
            Reach::AtMost(1.05),
        ),
    ];
    bounds.extend(loading(sites));
    bounds
}

/// What one cell costs beside another.
#[derive(Clone, Copy)]
struct Ratio {
    above: Cell,
    below: Cell,
    share: Share,
}

/// What of a cost is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    /// All of it.
    Whole,
    /// What is left without that of Envoy alone.
    OverBare,
}

impl Ratio {
    /// As tables show it.
    fn of_medians(self, measured: &Measured) -> Option<f64> {
        let median = |samples: &[f64]| vec![Spread::of(samples).median];
        self.of_each(measured, median)?.pop()
    }

    /// Of each round, which says how much of it is noise.
    fn spread(self, measured: &Measured) -> Option<Spread> {
        self.of_each(measured, <[f64]>::to_vec).map(|ratios| Spread::of(&ratios))
    }

    fn of_each(self, measured: &Measured, values: impl Fn(&[f64]) -> Vec<f64>) -> Option<Vec<f64>> {
        let bare = Cell { contender: Contender::Bare, work: bare_work(self.above.work), keys: KEYS };
        let cpu = |cell| measured.get(&cell).map(|samples| values(&samples.cpu));
        let (above, below) = (cpu(self.above)?, cpu(self.below)?);
        let bare = if self.share == Share::Whole { vec![0.0; above.len()] } else { cpu(bare)? };
        let costs = above.iter().zip(&below).zip(&bare);
        Some(costs.map(|((above, below), bare)| (above - bare) / (below - bare)).collect())
    }
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

/// What Envoy alone is measured by: the same request, or where that would be refused or recorded, one that it answers
/// itself.
pub(crate) fn bare_work(work: Work) -> Work {
    if Contender::Bare.does(work) { work } else { Work::Get }
}
