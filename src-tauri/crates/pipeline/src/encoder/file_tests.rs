//! What a model file must be, on small files made here; no model is needed.

use super::*;

/// A file of sections, as set-up writes it.
fn file(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let first = (TABLE + sections.len() * ENTRY).next_multiple_of(ALIGNMENT);
    let (mut table, mut contents) = (vec![], vec![]);
    for (name, bytes) in sections {
        let mut entry = name.as_bytes().to_vec();
        entry.resize(16, 0);
        entry.extend(((first + contents.len()) as u64).to_le_bytes());
        entry.extend((bytes.len() as u64).to_le_bytes());
        table.extend(entry);
        contents.extend_from_slice(bytes);
        contents.resize(contents.len().next_multiple_of(ALIGNMENT), 0);
    }
    let mut all = MAGIC.to_vec();
    all.extend(VERSION.to_le_bytes());
    all.extend((sections.len() as u32).to_le_bytes());
    all.extend(((first + contents.len()) as u64).to_le_bytes());
    all.extend([0xab; 32]);
    all.resize(TABLE, 0);
    all.extend(table);
    all.resize(first, 0);
    all.extend(contents);
    all
}

fn reason(bytes: Vec<u8>) -> String {
    match ModelFile::open(bytes) {
        Err(PipelineError::Data { reason, .. }) => reason,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => String::new(),
    }
}

#[test]
fn sections_are_found_by_name_and_read_as_what_they_are() {
    let opened = ModelFile::open(file(&[("name", b"a model"), ("numbers", &1.5_f32.to_le_bytes())])).unwrap();
    assert_eq!(opened.bytes(&opened.any("name").unwrap()), b"a model");
    assert_eq!(opened.floats(&opened.floats_of("numbers", 1).unwrap()), [1.5]);
    assert_eq!(opened.checksum(), "ab".repeat(32));
    assert_eq!((opened.contents().len(), &opened.contents()[..7]), (128, &b"a model"[..]));
    assert!(opened.any("other").unwrap_err().to_string().contains("the section other is missing"));
    assert!(opened.floats_of("numbers", 2).unwrap_err().to_string().contains("has 4 bytes, 8 are right"));
}

#[test]
fn another_file_another_version_and_a_cut_are_refused_with_the_reason() {
    let good = file(&[("name", b"a model"), ("other", &[7; 100])]);
    assert_eq!(reason(good.clone()), "");
    assert_eq!(reason(vec![]), "it is no model file");
    assert_eq!(reason(b"PK\x03\x04 something else".to_vec()), "it is no model file");
    let mut newer = good.clone();
    newer[8] = 9;
    assert_eq!(reason(newer), "its layout is version 9, this program reads version 1");
    for length in [9, 20, 64, 100, good.len() - 1] {
        assert_eq!(reason(good[..length].to_vec()), "it is cut off", "cut at {length}");
    }
}

#[test]
fn a_section_outside_of_the_file_is_refused() {
    let good = file(&[("name", b"a model")]);
    for (place, value) in [(TABLE + 16, u64::MAX), (TABLE + 16, 65), (TABLE + 24, u64::MAX), (TABLE + 24, 1 << 20)] {
        let mut bad = good.clone();
        bad[place..place + 8].copy_from_slice(&value.to_le_bytes());
        assert_eq!(reason(bad), "the section name lies outside of it", "{value} at {place}");
    }
    let mut many = good;
    many[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(reason(many), "it is cut off");
}

#[test]
fn a_file_with_the_head_of_a_model_and_nothing_in_it_makes_no_encoder() {
    let error = crate::Encoder::open(file(&[("name", b"empty")])).err().unwrap();
    assert!(error.to_string().contains("the section"), "{error}");
}
