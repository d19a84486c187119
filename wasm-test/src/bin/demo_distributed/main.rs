//! `demo_distributed` shows one limit over two Envoys, second by second as it happens: the rate limit service is killed
//! and comes back, then Redis. Succeeds only if every bound held.

mod script;
mod verdict;

use script::{ACTS, Act, LIMIT, OFFERED};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;
use verdict::{Line, verdicts};
use wasm_test::child::fresh_folder;
use wasm_test::envoy::{Bootstrap, Listener, Release};
use wasm_test::fleet::{
    AfterOverLimit, Clock, Envoys, Load, Modes, Pace, Redis, RedisProxy, Requests, Service, Victim,
};
use wasm_test::paint::Paint;

/// So long after a second its last answers have come.
const SETTLED: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut stage = Stage::set().await;
        let lines = stage.play().await;
        let paint = Paint::for_terminal();
        say("");
        let mut held = true;
        for verdict in verdicts(&lines) {
            held &= verdict.held;
            let word = if verdict.held { paint.green("held  ") } else { paint.red("BROKEN") };
            say(&format!("  {word}  {}", verdict.text));
        }
        if held {
            drop(fs::remove_dir_all(&stage.folder));
            return ExitCode::SUCCESS;
        }
        say(&format!("\nlogs of the service and of Redis are in {}", stage.folder.display()));
        ExitCode::FAILURE
    })
}

/// The fleet, of the shipped file.
struct Stage {
    redis: Redis,
    _redis_proxy: RedisProxy,
    service: Service,
    envoys: Envoys,
    folder: PathBuf,
    key: String,
    clock: Clock,
    /// When the service answered again, since the present act began.
    answered: Arc<OnceLock<Instant>>,
    paint: Paint,
}

/// What was counted up to a moment.
#[derive(Clone, Copy, Default)]
struct Figures {
    modes: Modes,
    calls: u64,
}

impl Stage {
    async fn set() -> Self {
        let folder = fresh_folder("fleet", "demo");
        let redis = Redis::start(&folder).await;
        let redis_proxy = RedisProxy::start(redis.address(), &folder).await;
        let service = Service::start(redis_proxy.address(), AfterOverLimit::CountOthers, &folder).await;
        let keys = wasm_test::tour::Keys::generate();
        let key = keys.acme_2026.clone();
        let environment = [("ACME_KEY", &key), ("GLOBEX_KEY", &keys.globex), ("ADMIN_KEY", &keys.admin)]
            .map(|(name, key)| (name.to_owned(), key.clone()));
        let envoys = Envoys::start_with(Release::Newest, &environment, "demo-distributed", |upstream| {
            let mut bootstrap = Bootstrap::for_fleet(&Listener::shipped(), upstream, service.address());
            bootstrap.stamp_answers(wasm_test::fleet::STAMP);
            bootstrap
        });
        let envoys = envoys.await;
        let [a, b] = envoys.gates();
        say(&format!("two Envoys with two workers each, A on {a} and B on {b}: envoy/demo/distributed.yaml"));
        say(&format!("rate limit service on {}, its Redis on {}", service.address(), redis.address()));
        say(&format!(
            "one key may make {LIMIT} requests a second over both; {OFFERED} a second are made, half to each\n"
        ));
        say("second   admitted by A     B   both    5xx lost   calls to the service   judged by");
        let (clock, answered, paint) = (Clock::of_this_machine(), Arc::default(), Paint::for_terminal());
        Self { redis, _redis_proxy: redis_proxy, service, envoys, folder, key, clock, answered, paint }
    }

    /// Plays all acts; what happened in each second.
    async fn play(&mut self) -> Vec<Line> {
        let clock = self.clock;
        let start = clock.next_second();
        let seconds: u64 = ACTS.iter().map(|act| act.seconds).sum();
        let time = Duration::from_secs(start + seconds + 1).saturating_sub(clock.now());
        let requests = Requests::with_keys("/v1/acme/orders", [&self.key]);
        let pace = Pace::PerSecond { requests: OFFERED, connections: 64 };
        let load = Load::begin(clock, self.envoys.gates(), &requests, pace, time);
        let mut lines: Vec<Line> = Vec::new();
        let mut figures = Figures::default();
        for act in ACTS {
            self.answered = Arc::default();
            for number in 0..act.seconds {
                let second = start + lines.len() as u64;
                clock.until(second, Duration::ZERO).await;
                self.count(&mut figures, lines.last_mut()).await;
                if number == 0 {
                    self.begin(act).await;
                }
                clock.until(second, SETTLED).await;
                self.print(lines.last_mut(), &load);
                if number == 0 && !act.title.is_empty() {
                    say(&self.paint.bold(&format!("         {}", act.title)));
                }
                lines.push(Line::new(second, second - start, act.phase));
            }
        }
        clock.until(start + seconds, Duration::ZERO).await;
        self.count(&mut figures, lines.last_mut()).await;
        clock.until(start + seconds, SETTLED).await;
        self.print(lines.last_mut(), &load);
        lines
    }

    /// Takes in what was counted in the second that has just ended.
    async fn count(&self, figures: &mut Figures, line: Option<&mut Line>) {
        let modes = self.envoys.modes().await;
        let calls = self.envoys.calls().await.iter().sum();
        let answered = self.answered.get().map(|at| self.clock.at(*at));
        if let Some(line) = line {
            line.count(calls - figures.calls, modes.since(figures.modes), answered);
        }
        *figures = Figures { modes, calls };
    }

    async fn begin(&mut self, act: Act) {
        if let Some(victim) = act.kills {
            match victim {
                Victim::Service => self.service.kill(),
                Victim::Redis => self.redis.kill(),
            }
        }
        match act.starts {
            Some(Victim::Service) => self.service.start_again().await,
            Some(Victim::Redis) => self.redis.start_again().await,
            None => return,
        }
        let (answering, answered) = (self.service.answers_again(), self.answered.clone());
        tokio::spawn(async move { answered.set(answering.await) });
    }

    fn print(&self, line: Option<&mut Line>, load: &Load) {
        let Some(line) = line else { return };
        let (begin, end) = (Duration::from_secs(line.second), Duration::from_secs(line.second + 1));
        let answered = self.answered.get().map(|at| self.clock.at(*at));
        if let Some(at) = answered.filter(|at| (begin..end).contains(at)) {
            let after = (at - begin).as_secs_f64();
            say(&self
                .paint
                .bold(&format!("         the service answers again, {after:.1} s into this second")));
        }
        line.seen = load.seconds().second(line.second);
        let text = line.to_string();
        say(&if line.holds() { text } else { self.paint.red(&text) });
    }
}

/// Writes a line. When nobody reads it any more, the demo is over.
fn say(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(1);
    }
}
