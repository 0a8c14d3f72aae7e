//! The last look at a reply: every number in it must stand in what it rests on, else it is not sent.
//!
//! Replies are made of templates, facts and passages, so this never fires on what the product ships; it is the net under
//! edited texts, and under the language models of a later version.

use crate::personal::accounts;

/// The numbers of a text: runs of digits of any script, without leading zeros, marks between digits kept out.
fn numbers(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        // Digits of every script mean the same number.
        let digit = accounts::digit(c).and_then(|value| char::from_digit(value, 10));
        match digit {
            Some(d) => run.push(d),
            None if !run.is_empty() => {
                let bare = run.trim_start_matches('0');
                out.push(if bare.is_empty() { "0".to_owned() } else { bare.to_owned() });
                run.clear();
            }
            None => {}
        }
    }
    out
}

/// The first number of the reply that stands in none of the sources.
pub fn unsupported_number(reply: &str, sources: &[&str]) -> Option<String> {
    let known: Vec<String> = sources.iter().flat_map(|s| numbers(s)).collect();
    numbers(reply).into_iter().find(|n| !known.contains(n))
}

#[cfg(test)]
mod tests {
    #[test]
    fn d3_a_number_from_nowhere_is_found() {
        let check = |reply: &str, sources: &[&str], expect: Option<&str>| {
            assert_eq!(super::unsupported_number(reply, sources).as_deref(), expect, "{reply}");
        };
        check("It takes 4 to 7 days.", &["4 to 7 working days"], None);
        check("It takes 3 days.", &["4 to 7 working days"], Some("3"));
        check("EUR 19.90", &["19,90 €"], None);
        check("EUR 19.95", &["19,90 €"], Some("95"));
        check("2026年11月３日", &["2026-11-03"], None);
        check("no number", &[], None);
    }
}
