//! The console's window under test: a workspace of its own, a driver of its own, and what a person does with eyes, pointer and keys.
//!
//! Nothing here sleeps for luck: every look is repeated until it shows what is awaited, or a limit says what was missing.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::driver::{Driver, Element, Refused};

/// How long anything on the screen may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

/// How often the screen is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(60);

/// True when the journeys run. Without `MERCATOR_WINDOW_TESTS` they are skipped; with it, a missing display or driver skips them too
/// unless `MERCATOR_REQUIRE_DISPLAY=1`, which makes it a failure.
pub fn ready() -> bool {
    let on = |name: &str| std::env::var(name).is_ok_and(|value| value == "1");
    if !on("MERCATOR_WINDOW_TESTS") {
        println!("SKIPPED: the real window is tested with MERCATOR_WINDOW_TESTS=1 (./mercator test window)");
        return false;
    }
    let missing = if ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none()) {
        "there is no display; run under xvfb-run"
    } else if !on_path("WebKitWebDriver") {
        "WebKitWebDriver is not installed (Debian: webkit2gtk-driver)"
    } else if !program("mercator").is_file() {
        "the window's program is not built (cargo build --package mercator)"
    } else {
        return true;
    };
    assert!(!on("MERCATOR_REQUIRE_DISPLAY"), "the real window is required, but {missing}");
    println!("SKIPPED: {missing}");
    false
}

/// A program that the same build made.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a test knows where it is");
    own.parent().and_then(Path::parent).expect("a test lies two folders deep").join(name)
}

fn on_path(name: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file())
}

/// A selector for a hook of the window.
pub fn hook(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

/// The open window.
pub struct Console {
    driver: Driver,
    workspace: PathBuf,
}

impl Console {
    /// Opens a workspace's window; `folder` holds the workspace and everything that the program keeps beside it.
    pub fn open(folder: &Path) -> Self {
        let workspace = folder.join("workspace");
        let home = folder.join("home").display().to_string();
        std::fs::create_dir_all(&home).expect("a home folder");
        let environment = [
            ("HOME", home.as_str()),
            ("XDG_DATA_HOME", home.as_str()),
            ("XDG_CONFIG_HOME", home.as_str()),
            ("XDG_CACHE_HOME", home.as_str()),
            ("TAURI_WEBVIEW_AUTOMATION", "true"),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
            // No keychain in a test's session: the sealed file beside the database.
            ("MERCATOR_PASSPHRASE", "a passphrase of this test"),
            ("MERCATOR_MEMBER", "Mei"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
        ];
        let arguments = ["--workspace", &workspace.display().to_string()].map(str::to_owned);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let log = folder.join("window.log");
        let driver = Driver::start(&program("mercator"), &arguments, &environment, &log);
        let console = Self { driver, workspace };
        console.driver.resize(1440, 900);
        // Whatever the page throws is kept, so that a journey can end with "nothing went wrong underneath".
        console.run(
            "window.__wrong = []; addEventListener('error', e => __wrong.push(String(e.message)));
             addEventListener('unhandledrejection', e => __wrong.push(String(e.reason && (e.reason.message || e.reason.code) || e.reason)));",
        );
        console
    }

    /// What the page has thrown since it was opened.
    pub fn wrong(&self) -> Vec<String> {
        self.run("return window.__wrong").as_array().map(|list| list.iter().map(Value::to_string).collect()).unwrap_or_default()
    }

    /// Runs a script.
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, &[])
    }

    /// Runs a script with arguments.
    pub fn run_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.driver.script(script, arguments).unwrap_or_else(|refused| panic!("the script is refused: {refused}\n{script:.300}"))
    }

    /// Looks until something is there.
    pub fn until<T>(&self, what: &str, limit: Duration, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            if started.elapsed() > limit {
                self.fail(what);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Gives up with what was awaited, what is seen, and a picture beside the test's other output.
    fn fail(&self, what: &str) -> ! {
        println!("too late: {what}");
        let seen =
            self.driver.script("return location.hash + '\\n' + document.body.innerText + '\\n' + JSON.stringify(window.__wrong)", &[]);
        println!("{:.3000}", seen.map_or_else(|refused| refused.to_string(), |seen| seen.as_str().unwrap_or_default().to_owned()));
        let path = std::env::temp_dir().join(format!("mercator-window-{}.png", std::process::id()));
        if std::fs::write(&path, self.picture()).is_ok() {
            println!("a picture of it: {}", path.display());
        }
        panic!("too late: {what}");
    }

    /// The visible texts of what a selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let found = self.run_with("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText ?? '')", &[json!(selector)]);
        found.as_array().map(|list| list.iter().filter_map(Value::as_str).map(|text| text.trim().to_owned()).collect()).unwrap_or_default()
    }

    /// An attribute of all that a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.getAttribute(arguments[1]) ?? '')";
        let found = self.run_with(script, &[json!(selector), json!(name)]);
        found.as_array().map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
    }

    /// How many a selector finds.
    pub fn count(&self, selector: &str) -> usize {
        let found = self.run_with("return document.querySelectorAll(arguments[0]).length", &[json!(selector)]);
        found.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
    }

    /// Waits until something is on the screen and gives its text.
    pub fn see(&self, selector: &str) -> String {
        self.until(&format!("{selector} is shown"), SOON, |console| console.texts(selector).into_iter().next())
    }

    /// Waits until something shows a text.
    pub fn see_text(&self, selector: &str, wanted: &str) -> String {
        self.until(&format!("{selector} shows '{wanted}'"), SOON, |console| {
            console.texts(selector).into_iter().find(|text| text.contains(wanted))
        })
    }

    /// Waits until something is gone.
    pub fn see_gone(&self, selector: &str) {
        self.until(&format!("{selector} is gone"), SOON, |console| console.texts(selector).is_empty().then_some(()));
    }

    /// Clicks what a selector finds first, as soon as it can be clicked.
    pub fn click(&self, selector: &str) {
        self.act(selector, &format!("{selector} can be clicked"), Driver::click);
    }

    /// Clicks the first that shows a text.
    pub fn click_text(&self, selector: &str, wanted: &str) {
        let at = self.until(&format!("{selector} shows '{wanted}'"), SOON, |console| {
            console.texts(selector).iter().position(|text| text.contains(wanted))
        });
        self.run_with(
            "document.querySelectorAll(arguments[0])[arguments[1]].setAttribute('data-chosen-by-test', '')",
            &[json!(selector), json!(at)],
        );
        self.click("[data-chosen-by-test]");
        self.run("document.querySelectorAll('[data-chosen-by-test]').forEach(e => e.removeAttribute('data-chosen-by-test'))");
    }

    /// Puts a text into a field in place of what is there.
    pub fn write(&self, selector: &str, text: &str) {
        self.until(&format!("{selector} can be written to"), SOON, |console| {
            // Typed over a selection of everything; a newline would be an Enter, which some fields take for a command.
            let script =
                "const e = document.querySelector(arguments[0]); if (!e || e.disabled) return false; e.focus(); e.select(); return true;";
            (console.run_with(script, &[json!(selector)]) == json!(true)).then_some(())
        });
        if text.is_empty() {
            return self.keys(selector, "\u{E017}");
        }
        self.keys(selector, text);
        self.until(&format!("{selector} holds what was typed"), SOON, |console| {
            let value = console.run_with("return document.querySelector(arguments[0])?.value", &[json!(selector)]);
            (value.as_str() == Some(text)).then_some(())
        });
    }

    /// Presses keys in an element.
    pub fn keys(&self, selector: &str, keys: &str) {
        self.act(selector, &format!("{selector} takes keys"), |driver, element| driver.keys(element, keys));
    }

    /// Chooses an entry of a list field by its value.
    pub fn choose(&self, selector: &str, value: &str) {
        self.see(selector);
        // The list that a click unfolds is a window of the toolkit, out of the driver's reach: the page's own event instead.
        let script = "const e = document.querySelector(arguments[0]); e.focus(); e.value = arguments[1];
            e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true })); return e.value;";
        let chosen = self.run_with(script, &[json!(selector), json!(value)]);
        assert_eq!(chosen, json!(value), "{selector} offers {value}");
    }

    /// Opens a screen by its icon.
    pub fn screen(&self, name: &str) {
        self.click(&hook(&format!("rail-{name}")));
        self.until(&format!("the screen {name}"), SOON, |console| {
            let current = console.attributes(&hook(&format!("rail-{name}")), "aria-current");
            (current == ["page"]).then_some(())
        });
    }

    /// Opens the address of a screen.
    pub fn address(&self, hash: &str) {
        self.run_with("location.hash = arguments[0]", &[json!(hash)]);
    }

    /// Sets the window's size.
    pub fn resize(&self, width: u32, height: u32) {
        self.driver.resize(width, height);
    }

    /// What is seen, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.driver.rest_pointer();
        // WebKit answers with its next frame, and a page at rest has none: a point that nobody sees makes frames meanwhile.
        self.run(
            "const e = document.createElement('i'); e.style.cssText = 'position:fixed;top:0;left:0;width:1px;height:1px;z-index:99';
             document.body.append(e); let on = false; window.__frames = setInterval(() => { on = !on; e.style.background = on ? '#00000002' : '#00000001'; }, 25); window.__point = e;",
        );
        let picture = self.driver.picture();
        self.run("clearInterval(window.__frames); window.__point.remove()");
        picture.unwrap_or_else(|refused| panic!("no picture can be taken: {refused}"))
    }

    /// Closes the window as its user does, and waits until the program has ended.
    pub fn close(self) {
        self.driver.close_window();
        let workspace = self.workspace.display().to_string();
        let started = Instant::now();
        while !processes(&workspace).is_empty() {
            assert!(started.elapsed() < Duration::from_secs(40), "the program does not end");
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn act(&self, selector: &str, what: &str, work: impl Fn(&Driver, &Element) -> Result<(), Refused>) {
        let mut last = None;
        let done = |console: &Self| {
            let enabled = console.run_with("const e = document.querySelector(arguments[0]); return !!e && !e.disabled", &[json!(selector)]);
            if enabled != json!(true) {
                return None;
            }
            let found = console.driver.find(selector).ok()?;
            // The page may draw anew between finding and acting: then once more.
            work(&console.driver, found.first()?).map_err(|refused| last = Some(refused)).ok()
        };
        let started = Instant::now();
        let mut done = done;
        while done(self).is_none() {
            if started.elapsed() > SOON {
                self.fail(&format!("{what} ({})", last.map_or_else(String::new, |refused| refused.to_string())));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // After a failure the program would outlive the test.
        for process in processes(&self.workspace.display().to_string()) {
            let _killed = std::process::Command::new("kill").args(["-KILL", &process]).status();
        }
    }
}

/// The programs that run on a workspace, by the system's list of processes.
fn processes(workspace: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").expect("the list of processes").flatten();
    let ours = all.filter(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        words.iter().any(|word| word == workspace) && words.first().is_some_and(|program| program.ends_with("mercator"))
    });
    ours.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
