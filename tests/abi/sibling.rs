//! A provider in Rust on the C contract alone: what it needs of abi.h, spelt as Rust, and nothing else.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};
use std::panic::catch_unwind;

const OK: i32 = 0;
const E_INTERNAL: i32 = -5;
const SUCCESS: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
struct herald_str {
    data: *const c_char,
    size: u64,
}

#[repr(C)]
struct herald_message {
    struct_size: u32,
    attempt: u32,
    item: u64,
    ordinal: u64,
    deadline_ns: i64,
    timestamp_unix_ms: i64,
    id: herald_str,
    dispatch_token: herald_str,
    request_id: herald_str,
    channel: herald_str,
    from: herald_str,
    to: herald_str,
    subject: herald_str,
    body: herald_str,
}

#[repr(C)]
struct herald_batch {
    struct_size: u32,
    count: u32,
    stride: u64,
    messages: *const u8,
}

#[repr(C)]
struct herald_outcome {
    struct_size: u32,
    code: u32,
    flags: u32,
    segments: u32,
    retry_after_ms: u64,
    provider_message_id: herald_str,
    error_code: herald_str,
    encoding: herald_str,
}

#[repr(C)]
struct herald_completion {
    struct_size: u32,
    reserved: u32,
    context: *mut c_void,
    complete: extern "C" fn(*mut c_void, u64, *const herald_outcome),
}

type instance = *mut c_void;

#[repr(C)]
struct herald_plugin {
    struct_size: u32,
    magic: u32,
    abi_major: u32,
    abi_minor: u32,
    name: herald_str,
    version: herald_str,
    sdk_version: herald_str,
    description: herald_str,
    channels: *const herald_str,
    channel_count: u32,
    thread_model: u32,
    max_batch: u32,
    max_in_flight: u32,
    config_schema: herald_str,
    create: extern "C" fn(*const c_void) -> instance,
    configure: extern "C" fn(instance, herald_str, *mut herald_str) -> i32,
    start: extern "C" fn(instance) -> i32,
    submit: extern "C" fn(instance, *const herald_batch, *const herald_completion) -> i32,
    drain: extern "C" fn(instance, i64) -> i32,
    stop: extern "C" fn(instance),
    destroy: extern "C" fn(instance),
    extension: Option<extern "C" fn(herald_str) -> *const c_void>,
}

const fn text(of: &'static str) -> herald_str {
    herald_str { data: of.as_ptr() as *const c_char, size: of.len() as u64 }
}

struct Channels([herald_str; 3]);
unsafe impl Sync for Channels {}
static CHANNELS: Channels = Channels([text("sms"), text("mms"), text("email")]);

struct Sibling {
    prefix: String,
}

fn bytes_of(text: &herald_str) -> &[u8] {
    if text.data.is_null() {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(text.data as *const u8, text.size as usize) }
}

extern "C" fn create(_host: *const c_void) -> instance {
    Box::into_raw(Box::new(Sibling { prefix: "in-rust".to_string() })) as instance
}

extern "C" fn configure(_self: instance, _json: herald_str, _error: *mut herald_str) -> i32 {
    OK
}

extern "C" fn start(_self: instance) -> i32 {
    OK
}

fn send(sibling: &Sibling, message: &herald_message) -> String {
    if bytes_of(&message.body) == b"throw" {
        panic!("out of send");
    }
    format!("{}-{}-{:.1}", sibling.prefix, message.attempt, 1.5)
}

fn submit_all(this: instance, batch: *const herald_batch, completion: *const herald_completion) {
    let sibling = unsafe { &*(this as *const Sibling) };
    let (count, stride, first) = unsafe { ((*batch).count, (*batch).stride, (*batch).messages) };
    let (complete, context) = unsafe { ((*completion).complete, (*completion).context) };
    for index in 0..count as usize {
        let message = unsafe { &*(first.add(index * stride as usize) as *const herald_message) };
        let id = send(sibling, message);
        let outcome = herald_outcome {
            struct_size: std::mem::size_of::<herald_outcome>() as u32,
            code: SUCCESS,
            flags: 0,
            segments: 1,
            retry_after_ms: 0,
            provider_message_id: herald_str { data: id.as_ptr() as *const c_char, size: id.len() as u64 },
            error_code: text(""),
            encoding: text(""),
        };
        complete(context, message.item, &outcome);
    }
}

extern "C" fn submit(this: instance, batch: *const herald_batch, completion: *const herald_completion) -> i32 {
    match catch_unwind(|| submit_all(this, batch, completion)) {
        Ok(()) => OK,
        Err(_) => E_INTERNAL,
    }
}

extern "C" fn drain(_self: instance, _deadline_ns: i64) -> i32 {
    OK
}

extern "C" fn stop(_self: instance) {}

extern "C" fn destroy(this: instance) {
    drop(unsafe { Box::from_raw(this as *mut Sibling) });
}

#[no_mangle]
pub extern "C" fn herald_plugin_entry(plugin: *mut c_void) -> i32 {
    let described = herald_plugin {
        struct_size: std::mem::size_of::<herald_plugin>() as u32,
        magic: 0x444C5248,
        abi_major: 1,
        abi_minor: 1,
        name: text("in-rust"),
        version: text("1.0.0"),
        sdk_version: text("0.1.0"),
        description: text("Sends nothing, in Rust."),
        channels: CHANNELS.0.as_ptr(),
        channel_count: 3,
        thread_model: 1,
        max_batch: 4,
        max_in_flight: 8,
        config_schema: text(""),
        create,
        configure,
        start,
        submit,
        drain,
        stop,
        destroy,
        extension: None,
    };
    unsafe { std::ptr::write(plugin as *mut herald_plugin, described) };
    OK
}
