//! Scenarios on the emulated host.

use super::exchange::{Ending, Outcome};
use super::stream::Hosting;
use super::vm::{Plugin, PluginId, Refused, Vm, WasmModule};
use super::world::World;
use crate::fixture::{Configuration, holds_key};
use crate::message::{Request, Response};
use crate::scenario::{Backend, ClockScenario, Moment, Observation, Rejected, Scenario, play};

/// How many VMs share a world here: requests go round them, so state that stays in one VM is found out.
const WORKERS: usize = 2;

/// A world with two workers, each with the plugin configured.
pub struct Emulated {
    /// What the workers share.
    pub world: World,
    workers: Vec<(Vm, PluginId)>,
    next: usize,
}

impl Emulated {
    /// Starts the workers in a world.
    ///
    /// # Errors
    /// When the module refuses the configuration.
    pub fn start(world: World, configuration: &Configuration) -> Result<Self, Refused> {
        let start_worker = |_| {
            let mut vm = Vm::start(&world, WasmModule::built(), Hosting::default());
            let plugin = vm.configure(Plugin::new(configuration.json()))?;
            Ok((vm, plugin))
        };
        let workers = (0..WORKERS).map(start_worker).collect::<Result<_, _>>()?;
        Ok(Self { world, workers, next: 0 })
    }

    /// Plays a scenario that every backend can play; gives the differences.
    pub fn play(scenario: &Scenario) -> Vec<String> {
        let steps = scenario.steps.iter().cloned().map(Moment::Step).collect();
        Self::play_with_clock(&ClockScenario {
            name: scenario.name.clone(),
            configuration: scenario.configuration.clone(),
            environment: scenario.environment.clone(),
            steps,
        })
    }

    /// Plays a scenario whose clock is moved; gives the differences.
    pub fn play_with_clock(scenario: &ClockScenario) -> Vec<String> {
        let world = world_with(&scenario.environment);
        let mut host = match Self::start(world.clone(), &scenario.configuration) {
            Ok(host) => host,
            Err(refused) => return vec![format!("{}: configuration refused: {refused:?}", scenario.name)],
        };
        let development = scenario.configuration.is_development();
        let mut differences = Vec::new();
        for (number, moment) in scenario.steps.iter().enumerate() {
            match moment {
                Moment::Step(step) => differences.extend(
                    play(step, &mut host, development)
                        .into_iter()
                        .map(|difference| format!("{}: step {}: {difference}", scenario.name, number + 1)),
                ),
                Moment::Advance(by) => world.advance(*by),
                Moment::JumpWallClock(by) => world.jump_wall_clock(*by),
                Moment::StepWallClockBack(by) => world.step_wall_clock_back(*by),
            }
        }
        differences.extend(keys_in_log(&scenario.name, &world));
        differences
    }

    /// Offers a configuration that must not be taken; gives the differences.
    pub fn offer(rejected: &Rejected) -> Vec<String> {
        let world = world_with(&rejected.environment);
        match Self::start(world.clone(), &rejected.configuration) {
            Ok(_) => vec![format!("{}: the configuration was taken", rejected.name)],
            Err(Refused { trap: Some(trap), .. }) => vec![format!("{}: {trap}", rejected.name)],
            Err(Refused { log, trap: None }) => {
                let text = log.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
                let mut differences = rejected.unnamed(&text);
                if !differences.is_empty() {
                    differences.push(format!("the log says: {text}"));
                }
                differences.extend(keys_in_log(&rejected.name, &world));
                differences
            }
        }
    }

    /// Sends one request to the next worker.
    pub fn send(&mut self, request: &Request, answer: &Response) -> Outcome {
        let count = self.workers.len();
        let (vm, plugin) = &mut self.workers[self.next % count];
        self.next += 1;
        vm.exchange(*plugin, request, answer)
    }
}

impl Backend for Emulated {
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String> {
        let outcome = self.send(request, answer);
        let upstream: Vec<_> = outcome.upstream.into_iter().collect();
        let upstream_bytes = upstream.iter().map(|seen| (seen.path.len() + seen.body.len()) as u64).sum();
        match outcome.ending {
            Ending::Answered(response) => Ok(Observation { response, upstream, upstream_bytes }),
            Ending::Hung(callback) => Err(format!("paused for ever in {callback}")),
            Ending::Trapped(message) => Err(format!("trapped: {message}")),
            Ending::Left => Err("the client left".to_owned()),
        }
    }
}

fn world_with(environment: &[(String, String)]) -> World {
    let world = World::new();
    for (name, value) in environment {
        world.set_env(name, value);
    }
    world
}

/// No key may be logged, at any level.
fn keys_in_log(name: &str, world: &World) -> Vec<String> {
    let leaking = world.log().into_iter().filter(|line| holds_key(&line.text));
    leaking.map(|line| format!("{name}: a key was logged: {}", line.text)).collect()
}
