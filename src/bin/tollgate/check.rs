//! `tollgate check`.

use std::process::ExitCode;

use tollgate::policy::Policy;

use crate::{ConfigFile, Outcome};

#[derive(clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    config: ConfigFile,
}

impl Check {
    pub(crate) fn run(&self) -> Outcome {
        match Policy::load(&self.config.text()?, &|name| self.config.environ(name)) {
            Ok(policy) => {
                policy.warnings().iter().for_each(|warning| eprintln!("warning: {warning}"));
                let (tenants, keys) = policy.size();
                println!("ok: {tenants} tenants, {keys} keys");
                Ok(ExitCode::SUCCESS)
            }
            Err(problems) => {
                println!("{problems}");
                eprintln!("{} problems", problems.count());
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
