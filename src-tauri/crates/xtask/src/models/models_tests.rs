//! The reading and writing of set-up's files, on small ones made here. Nothing is fetched.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

/// A zip archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An array as numpy saves it.
fn array(kind: &str, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}\n");
    let mut all = b"\x93NUMPY\x01\x00".to_vec();
    all.extend((head.len() as u16).to_le_bytes());
    all.extend(head.as_bytes());
    all.extend(bytes);
    all
}

#[test]
fn arrays_are_read_out_of_their_archive_and_a_wrong_length_is_an_error() {
    let floats: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    let all = archive(&[
        ("weights.npy", &array("<f4", "2, 3", &floats)),
        ("table.npy", &array("|u1", "4,", &[1, 2, 3, 4])),
        ("eps.npy", &array("<f8", "", &[0; 8])),
    ]);
    let arrays = numbers::read(&all).unwrap();
    assert_eq!((arrays["weights"].size, &arrays["weights"].shape[..], &arrays["weights"].bytes), (4, &[2, 3][..], &floats));
    assert_eq!((arrays["table"].size, &arrays["table"].shape[..], arrays["table"].bytes.len()), (1, &[4][..], 4));
    assert!(!arrays.contains_key("eps"), "a kind that is not needed is left out");
    let short = archive(&[("weights.npy", &array("<f4", "2, 3", &floats[..20]))]);
    assert!(format!("{:#}", numbers::read(&short).err().unwrap()).contains("does not fit its shape"));
}

#[test]
fn a_part_of_a_package_is_let_through_by_its_checksum_only() {
    let package = archive(&[("data/one.bin", b"one"), ("code.py", b"print()")]);
    let part = |path: &str, sha256: &str| fetch::part(&package, &lock::Part { path: path.to_owned(), sha256: sha256.to_owned() });
    assert_eq!(part("data/one.bin", &hex_sha256(b"one")).unwrap(), b"one");
    assert!(part("data/one.bin", &hex_sha256(b"two")).unwrap_err().to_string().contains("is not the file that the lock file names"));
    assert!(part("data/two.bin", "").unwrap_err().to_string().contains("has no data/two.bin"));
}

#[test]
fn a_flat_file_has_aligned_sections_and_tells_its_length_and_checksum() {
    let mut file = flat::FlatFile::default();
    file.add("one", vec![1; 70]);
    file.add("two", vec![2; 3]);
    let file = file.finish().unwrap();
    let contents = 128;
    assert_eq!(file.len(), contents + 128 + 64);
    assert_eq!(&file[contents..contents + 70], [1; 70]);
    assert_eq!(&file[contents + 128..contents + 131], [2; 3]);
    assert_eq!(flat::recorded(&file), Some((file.len() as u64, hex_sha256(&file[contents..]))));
    let mut newer = file.clone();
    newer[8] += 1;
    assert_eq!(flat::recorded(&newer), None, "another version is made anew");
    assert_eq!(flat::recorded(&file[..20]), None);
    let mut long = flat::FlatFile::default();
    long.add("a name of seventeen", vec![]);
    assert!(long.finish().is_err());
}

#[test]
fn repacking_says_what_is_missing_in_the_weights() {
    let weights = archive(&[("scale.npy", &array("<f4", "1", &[0; 4]))]);
    // Two pieces, of which the first is the mark for unknown ones, and a normaliser with an empty trie.
    let model = [&[0x0a, 4, 0x0a, 0, 0x18, 2][..], &[0x0a, 8, 0x0a, 1, b'a', 0x15, 0, 0, 0, 0], &[0x1a, 6, 0x12, 4, 0, 0, 0, 0]].concat();
    let error = repack::sentence_encoder("test", &weights, &model).unwrap_err();
    assert_eq!(error.to_string(), "The weights have no complete embedding table");
}
