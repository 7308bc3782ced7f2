//! Anything at all against `sync_laws::event_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sync_laws::event_file(bytes));
