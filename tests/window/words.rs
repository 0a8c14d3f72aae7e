//! What the screens say: whether a language is left behind, and whether a text has no words.

use std::collections::BTreeMap;

use mercator_tests::metadata::root;
use serde_json::{Value, json};

use crate::console::{Console, SOON};

/// The screens of the rail.
pub const SCREENS: &[&str] = &["inbox", "waiting", "customers", "orders", "knowledge", "bot", "dashboards", "settings"];

/// True when a text has a Chinese character.
pub fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// Waits until the screen has nothing left to load and its words stay the same from one look to the next.
pub fn settle(console: &Console) {
    let mut before = String::new();
    let mut same = 0;
    console.until("the screen comes to rest", SOON, |c| {
        let look = c.run("return document.querySelector('.skeleton, progress') || !document.body.innerText.trim() ? '' : location.hash + document.body.innerText");
        let now = look.as_str().unwrap_or_default().to_owned();
        same = if !now.is_empty() && now == before { same + 1 } else { 0 };
        before = now;
        (same >= 2).then_some(())
    });
}

/// The console's own texts in English that are seen although another language is chosen. Texts that are the same in both languages do
/// not count, nor do a customer's words.
pub fn left_in_english(console: &Console) -> Vec<String> {
    let english = flat("en");
    let chinese = flat("zh");
    let changed: Vec<&String> =
        english.iter().filter(|(key, text)| chinese.get(*key) != Some(*text) && !text.contains('{')).map(|(_, text)| text).collect();
    let script = "const own = new Set(arguments[0]), seen = new Set();
        const outside = '.preview, .name, .store, .bubble, .summary, dd, blockquote, .said, .reasons, .article strong, .article .cut, option, .activity, td, .passages';
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const node = walk.currentNode, text = node.data.trim(), parent = node.parentElement;
            if (own.has(text) && parent.offsetParent && !parent.closest(outside)) seen.add(text);
        }
        for (const e of document.querySelectorAll('[aria-label], [title], [placeholder]'))
            for (const name of ['aria-label', 'title', 'placeholder'])
                if (own.has(e.getAttribute(name)) && !e.closest(outside)) seen.add(name + '=' + e.getAttribute(name));
        return [...seen]";
    strings(&console.run_with(script, &[json!(changed)]))
}

/// Texts that show their key because they have no words.
pub fn raw_keys(console: &Console) -> Vec<String> {
    let keys: Vec<String> = flat("en").into_keys().collect();
    let script =
        "const keys = new Set(arguments[0]); const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const seen = [];
        while (walk.nextNode()) if (keys.has(walk.currentNode.data.trim())) seen.push(walk.currentNode.data.trim());
        return seen";
    strings(&console.run_with(script, &[json!(keys)]))
}

/// What does not fit: things that stick out of the window.
pub fn sticking_out(console: &Console) -> Vec<String> {
    let script =
        "const wide = document.documentElement.scrollWidth > innerWidth, high = document.documentElement.scrollHeight > innerHeight;
        return [wide && 'wider than the window', high && 'higher than the window'].filter(Boolean)";
    strings(&console.run(script))
}

/// Words of the console itself that are cut off where no dots say so: on buttons, headings, tabs, chips and labels.
pub fn cut(console: &Console) -> Vec<String> {
    let script = "return [...document.querySelectorAll('button, h1, h2, h3, [role=tab], .chip, label, dt, th')].filter(e => {
        const style = getComputedStyle(e);
        return e.offsetParent && style.overflow !== 'visible' && style.textOverflow !== 'ellipsis' && e.innerText.trim() && e.scrollWidth > e.clientWidth + 1;
    }).map(e => e.innerText.trim().slice(0, 60))";
    strings(&console.run(script))
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

fn flat(language: &str) -> BTreeMap<String, String> {
    let path = root().join(format!("ui/src/locales/{language}.json"));
    let tree: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the texts can be read")).expect("the texts are JSON");
    let mut all = BTreeMap::new();
    collect(&tree, "", &mut all);
    all
}

fn collect(tree: &Value, key: &str, all: &mut BTreeMap<String, String>) {
    match tree {
        Value::String(text) => drop(all.insert(key.to_owned(), text.clone())),
        Value::Object(inner) => {
            inner
                .iter()
                .for_each(|(name, value)| collect(value, &if key.is_empty() { name.clone() } else { format!("{key}.{name}") }, all));
        }
        _ => {}
    }
}
