//! Names of mail folders: modified UTF-7 on the wire (RFC 3501, section 5.1.3), ordinary text everywhere else.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// The alphabet of modified UTF-7 (`,` for `/`), without padding; lenient about left-over bits as old servers write them.
const MUTF7: GeneralPurpose = GeneralPurpose::new(
    &alphabet::IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The name as the server wants it.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut wide: Vec<u8> = Vec::new();
    let flush = |out: &mut String, wide: &mut Vec<u8>| {
        if !wide.is_empty() {
            out.push('&');
            out.push_str(&MUTF7.encode(&*wide));
            out.push('-');
            wide.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut out, &mut wide);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0u16; 2];
            wide.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut out, &mut wide);
    out
}

/// The name as people read it. What is not valid is left as it came, so that the folder can still be opened by it.
pub fn decode(wire: &str) -> String {
    try_decode(wire).filter(|name| encode(name) == wire).unwrap_or_else(|| wire.to_owned())
}

/// The decoded name, or `None` when a shifted part is broken.
fn try_decode(wire: &str) -> Option<String> {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (shifted, tail) = after.split_once('-')?;
        if shifted.is_empty() {
            out.push('&');
        } else {
            let bytes = MUTF7.decode(shifted).ok()?;
            let units: Vec<u16> =
                bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_be_bytes([*pair.first()?, *pair.get(1)?]))).collect();
            out.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(name: &str, wire: &str) {
        assert_eq!(encode(name), wire);
        assert_eq!(decode(wire), name);
    }

    #[test]
    fn names_of_the_standard_and_of_real_servers() {
        check("INBOX", "INBOX");
        check("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        check("Entwürfe", "Entw&APw-rfe");
        check("已发送", "&XfJT0ZAB-");
        check("A & B", "A &- B");
        assert_eq!(decode("broken&ZeV"), "broken&ZeV");
    }

    proptest! {
        #[test]
        fn round_trip(name in "\\PC{0,40}") {
            prop_assert_eq!(decode(&encode(&name)), name);
        }

        #[test]
        fn any_wire_name_can_be_opened_again(wire in "[ -~]{0,40}") {
            let name = decode(&wire);
            prop_assert!(name == wire || encode(&name) == wire);
        }
    }
}
