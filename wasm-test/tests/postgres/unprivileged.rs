//! PostgreSQL refuses to run as root. Where the tests do, the server is somebody else, in a folder that is theirs.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The user and group that own nothing: `nobody`, by Linux's convention.
const NOBODY: u32 = 65_534;

/// A folder of the server's user, and its way to start programs. The folder is removed when dropped.
pub(crate) struct Unprivileged {
    folder: PathBuf,
    is_root: bool,
}

impl Unprivileged {
    /// With a new folder of that name. It is outside of the repository, which may be closed to others.
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tollgate-{name}-{}", std::process::id()));
        fs::create_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("it is ours");
        let is_root = fs::metadata(&folder).expect("it is there").uid() == 0;
        let made = Self { folder, is_root };
        made.give(&made.folder);
        made
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file that only the server's user may read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, text).expect("the folder is ours");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("it is ours");
        self.give(&path);
        path
    }

    /// These programs where that user can run them: where they are, or copied into the folder.
    pub(crate) fn reachable(&self, programs: &Path) -> PathBuf {
        let asking = self
            .command(Path::new("sh"))
            .args(["-c", "test -x \"$0\""])
            .arg(programs.join("postgres"))
            .status();
        if asking.expect("there is a shell").success() {
            return programs.to_owned();
        }
        let (whole, copy) = (programs.parent().expect("a folder bin"), self.folder.join("postgres"));
        let copied = Command::new("cp").arg("-R").args([whole, &copy]).status().expect("cp is everywhere");
        assert!(copied.success(), "{} cannot be copied", whole.display());
        let given = Command::new("chown").args(["-R", &NOBODY.to_string()]).arg(&copy).status();
        assert!(given.expect("chown is everywhere").success());
        copy.join("bin")
    }

    /// A program as that user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let (program, arguments) = self.words(program);
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder);
        command
    }

    /// The same as words: the program to start, and what comes before its own arguments.
    pub(crate) fn words(&self, program: &Path) -> (PathBuf, Vec<String>) {
        if !self.is_root {
            return (program.to_owned(), Vec::new());
        }
        let user = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".to_owned()];
        let words = user.into_iter().chain([program.to_string_lossy().into_owned()]);
        (PathBuf::from("setpriv"), words.collect())
    }

    fn give(&self, path: &Path) {
        if self.is_root {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
        }
    }
}

impl Drop for Unprivileged {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}
