//! The last look at a reply: every number in it must stand in what it rests on, else it is not sent.
//!
//! Replies are made of templates, facts and passages, so this never fires on what the product ships; it is the net under
//! edited texts, and under the language models of a later version.

/// The numbers of a text: runs of digits of any script, without leading zeros, marks between digits kept out.
fn numbers(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        // Full-width and Arabic digits mean the same number.
        let digit = match c {
            '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xff10 + 0x30),
            '\u{0660}'..='\u{0669}' => char::from_u32(u32::from(c) - 0x0660 + 0x30),
            '\u{0e50}'..='\u{0e59}' => char::from_u32(u32::from(c) - 0x0e50 + 0x30),
            '0'..='9' => Some(c),
            _ => None,
        };
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
