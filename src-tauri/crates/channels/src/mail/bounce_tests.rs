//! Delivery reports of many kinds, and what only looks like one; all mails are made for this project.

use mercator_domain::message::Automatic;

use crate::mail::{BounceReport, ParsedMail, parse_mail};

/// A mail with this header and text; a Message-ID and a date are added.
fn mail(header: &str, text: &str) -> ParsedMail {
    let header = header.replace('\n', "\r\n");
    let raw =
        format!("Message-ID: <r1@mx.test>\r\nDate: Tue, 3 Nov 2026 10:00:00 +0000\r\n{header}\r\n\r\n{}\r\n", text.replace('\n', "\r\n"));
    parse_mail(raw.as_bytes())
}

#[track_caller]
fn check(header: &str, text: &str, expect: Automatic) {
    assert_eq!(mail(header, text).automatic(), expect, "{header}\n\n{text}");
}

/// The same in every language: the sender is the mail system.
#[test]
fn whatever_the_mail_system_writes_is_a_report() {
    for (subject, text) in [
        ("Undelivered Mail Returned to Sender", "<ann@b.test>: user unknown"),
        ("Mail delivery failed", "ann@b.test is not known here"),
        ("Unzustellbar: Bestellung 12", "Das Postfach von ann@b.test ist voll."),
        ("Non remis : commande 12", "ann@b.test n'existe pas"),
        ("No se puede entregar: pedido", "ann@b.test"),
        ("系统退信", "无法投递到 ann@b.test"),
        ("配信不能", "ann@b.test に届きませんでした"),
        ("Nieznany język", "ann@b.test"),
    ] {
        for from in ["MAILER-DAEMON@mx.test", "Mail Delivery System <x@mx.test>", "\"Mail Delivery Subsystem\" <y@mx.test>", "<>"] {
            check(&format!("From: {from}\nSubject: {subject}"), text, Automatic::Bounce);
        }
    }
    check("From: MAILER-DAEMON@mx.test\nSubject: Successful Mail Delivery Report", "It was delivered.", Automatic::AutoReply);
}

#[test]
fn a_post_office_must_speak_of_a_failure() {
    check("From: postmaster@b.test\nSubject: Delivery failure", "ann@b.test", Automatic::Bounce);
    check(
        "From: Postmaster <postmaster@b.test>\nSubject: About your mail",
        "The following address is unknown:\n550 5.1.1 ann@b.test",
        Automatic::Bounce,
    );
    check("From: Postmaster <postmaster@b.test>\nSubject: New telephone number", "We have moved.", Automatic::None);
}

#[test]
fn gateways_and_lists_that_refuse() {
    let refused = "The mail system said:\n550 Requested action not taken, ann@b.test\n";
    check("From: no-reply@filter.test\nSubject: Undeliverable Message", refused, Automatic::Bounce);
    check(
        "From: Mail Filter <filter@b.test>\nSubject: Message rejected",
        "Returned:\nFrom: a@b.test\nTo: ann@b.test\nSubject: Order\n",
        Automatic::Bounce,
    );
    check(
        "From: lamps-admin@b.test\nSubject: You are not a member (lamps ML)\nX-MLServer: fml",
        "You are not a member.",
        Automatic::Bounce,
    );
    check("From: lamps-owner@b.test\nSubject: Minutes\nList-Id: <lamps.b.test>", "Only members came.", Automatic::List);
}

/// The most frequent mail of a shop that speaks of a failed delivery is a courier's.
#[test]
fn a_parcel_that_could_not_be_delivered_is_no_report() {
    let marks = ["", "\nAuto-Submitted: auto-generated", "\nPrecedence: bulk"];
    for mark in marks {
        for (from, subject, text) in [
            ("no-reply@courier.test", "Delivery failed", "Your parcel 00340434161094 could not be delivered. Call 0800 550 1234."),
            ("noreply@courier.test", "Zustellung fehlgeschlagen", "Ihr Paket konnte nicht zugestellt werden. Es liegt in Filiale 554."),
            ("Courier <info@courier.test>", "Your delivery was returned to sender", "The address does not exist."),
            ("Ann <ann@b.test>", "could not be delivered", "The courier says: address unknown. Where is it?"),
        ] {
            let read = mail(&format!("From: {from}\nSubject: {subject}{mark}"), text);
            assert_ne!(read.automatic(), Automatic::Bounce, "{subject} {mark}");
        }
    }
}

#[test]
fn a_person_who_passes_a_report_on_is_a_person() {
    let report = "What is this?\n\n> From: MAILER-DAEMON@mx.test\n> 550 5.1.1 <ann@b.test>: user unknown\n";
    for subject in ["Fwd: Undelivered Mail Returned to Sender", "WG: Unzustellbar", "Re: Mail delivery failed", "Undelivered mail?"] {
        check(&format!("From: Ann <ann@b.test>\nSubject: {subject}"), report, Automatic::None);
    }
    check("From: Shop <administrator@b.test>\nSubject: Fwd: Undelivered Mail", report, Automatic::None);
}

#[test]
fn complaints_are_reports_that_nothing_more_is_sent_to() {
    let arf = "From: feedback@isp.test\nSubject: FW: Offer\nContent-Type: multipart/report; report-type=feedback-report; boundary=b";
    let parts = "--b\nContent-Type: text/plain\n\nA complaint.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n\
        --b\nContent-Type: message/rfc822\n\nFrom: shop@b.test\nMessage-ID: <m1@b.test>\nSubject: Offer\n\nHello\n--b--";
    let read = mail(arf, parts);
    let report = read.bounce.clone().unwrap();
    assert_eq!((read.automatic(), report.original.as_deref(), report.permanent), (Automatic::Bounce, Some("m1@b.test"), false));
    check(
        "From: ann@b.test\nSubject: unsubscribe\nAuto-Submitted: auto-replied\nX-Apple-Unsubscribe: true",
        "Sent to unsubscribe.",
        Automatic::Bounce,
    );
    let event = |kind: &str| format!("{{\"notificationType\":\"{kind}\",\"mail\":{{\"messageId\":\"1\"}}}}");
    let cloud = "From: SES <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\nFeedback-ID: 1";
    check(cloud, &event("Complaint"), Automatic::Bounce);
    check(cloud, &event("Bounce"), Automatic::Bounce);
    check(cloud, &event("Delivery"), Automatic::Bulk);
}

#[test]
fn absence_notes_and_receipts_are_auto_replies_though_they_come_from_nobody() {
    check("From: Ann <ann@b.test>\nReturn-Path: <>\nSubject: Away until May", "I am away.", Automatic::AutoReply);
    check("From: Ann <ann@b.test>\nReturn-Path: <>\nSubject: Automatic reply: order", "My mailbox is full of work.", Automatic::AutoReply);
    let receipt =
        "From: Ann <ann@b.test>\nSubject: Read: order\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b";
    check(
        receipt,
        "--b\nContent-Type: text/plain\n\nIt was read.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--",
        Automatic::AutoReply,
    );
}

#[test]
fn a_report_tells_who_what_and_why() {
    let text = "Hi. This is the program at mx.test.\nI was not able to deliver your message:\n<ann@b.test>:\n550 5.1.1 No such person here\n\n\
        --- Below this line is a copy of the message.\n\nMessage-ID: <m7@shop.test>\nSubject: Order";
    let report = mail("From: MAILER-DAEMON@mx.test\nTo: shop@shop.test\nSubject: failure notice", text).bounce.unwrap();
    let expect = BounceReport {
        original: Some("m7@shop.test".to_owned()),
        recipient: Some("ann@b.test".to_owned()),
        permanent: true,
        reason: "550 5.1.1 No such person here".to_owned(),
    };
    assert_eq!(report, expect);
    let delayed =
        mail("From: MAILER-DAEMON@mx.test\nSubject: Delayed Mail (still being retried)", "ann@b.test: will keep trying").bounce.unwrap();
    assert!(!delayed.permanent);
}
