//! Anything at all against `sync_laws::decoding`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sync_laws::decoding(bytes));
