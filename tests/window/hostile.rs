//! A mail that wants to run, load, send and disguise: shown as text, and nothing of it reaches the network.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use mercator_tests::buyers::SHOP;
use serde_json::json;

use crate::{
    console::{Console, SOON, hook},
    mailbox::{connect, servers},
    words,
};

/// A server that counts who comes.
struct Trap {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let _asked = stream.read(&mut [0; 512]);
                let _answered = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\n\r\n");
            }
        });
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

fn mail(port: u16) -> Vec<u8> {
    let trap = format!("http://127.0.0.1:{port}");
    format!(
        "From: \"<img src={trap}/name>\" <mallory@buyers.test>\r\nTo: <{SHOP}>\r\nSubject: <script>window.__owned=1</script>Offer\r\n\
         Message-ID: <hostile.1@buyers.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <html><head><title>x</title><meta http-equiv=refresh content=\"0;url={trap}/refresh\"><link rel=stylesheet href=\"{trap}/sheet.css\">\
         <style>@import url({trap}/import.css); body {{ background: url({trap}/style.png) }}</style>\
         <script>window.__owned = 1; fetch('{trap}/script')</script></head>\
         <body onload=\"window.__owned=1\" background=\"{trap}/ground.png\"><p>Please look at my offer.</p>\
         <img src=\"{trap}/pixel.png\" width=1 height=1><img src=x onerror=\"window.__owned=1;fetch('{trap}/onerror')\">\
         <div style=\"background-image:url({trap}/css.png)\">styled</div><iframe src=\"{trap}/frame\"></iframe>\
         <svg onload=\"window.__owned=1\"><image href=\"{trap}/svg.png\"/></svg><video autoplay src=\"{trap}/video\"></video>\
         <object data=\"{trap}/object\"></object><form action=\"{trap}/form\"><input name=card autofocus><button>Pay now</button></form>\
         <a href=\"javascript:window.__owned=1\">click me</a><base href=\"{trap}/\"></body></html>\r\n"
    )
    .into_bytes()
}

#[test]
fn a_hostile_mail_is_shown_inert_and_asks_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let Some(servers) = servers(folder.path()) else { return };
    let trap = Trap::set();
    // The trap works: a visit of our own is counted.
    drop(TcpStream::connect(("127.0.0.1", trap.port)).unwrap());
    let started = Instant::now();
    while trap.visits() == 0 {
        assert!(started.elapsed() < Duration::from_secs(5), "the trap counts");
        std::thread::sleep(Duration::from_millis(10));
    }
    let console = Console::open(folder.path());
    connect(&console, &servers);
    servers.deliver("mallory@buyers.test", SHOP, &mail(trap.port));
    console.see(&hook("conversation-row"));
    console.click(&hook("conversation-row"));
    console.see_text("[data-testid=thread] .message.theirs .text", "Please look at my offer.");
    words::settle(&console);
    let thread = console.run("return [...document.querySelectorAll('script, img, iframe, object, video, form input[name=card], meta[http-equiv], base')].filter(e => !e.src?.startsWith(location.origin) && !e.closest('head')).map(e => e.outerHTML)");
    assert_eq!(thread, json!([]), "nothing of the mail became a part of the page");
    assert_eq!(console.run("return [...document.querySelectorAll('a[href^=javascript]')].length"), json!(0));
    // Its name and subject are words too, everywhere that they are listed.
    let subject = console.see("[data-testid=thread] header h1");
    assert!(subject.contains("<script>"), "shown as it was written: {subject}");
    for screen in ["waiting", "customers", "dashboards", "inbox"] {
        console.screen(screen);
        words::settle(&console);
    }
    // Even a page that wanted to could not: the window's policy forbids it.
    let script = "const i = new Image(); i.src = arguments[0]; document.body.append(i); const f = document.createElement('iframe'); f.src = arguments[0]; document.body.append(f);";
    console.run_with(script, &[json!(format!("http://127.0.0.1:{}/injected.png", trap.port))]);
    console
        .run_with("fetch(arguments[0]).catch(() => window.__refused = true)", &[json!(format!("http://127.0.0.1:{}/injected", trap.port))]);
    console.until("the policy refuses", SOON, |c| c.run("return window.__refused === true").as_bool().filter(|refused| *refused));
    assert_eq!(console.run("return window.__owned ?? null"), json!(null), "no script of the mail ran");
    assert_eq!(trap.visits(), 1, "nobody but ourselves came");
    console.close();
}
